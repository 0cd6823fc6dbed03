// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's discovery document (OpenID Connect Discovery 1.0 §3) says of where to ask.
 *
 * @param tokens null where it has no token endpoint
 * @param secretInForm whether the client's secret goes into the form, as the provider takes it no other way
 */
record ProviderMetadata(URI keys, @Nullable URI tokens, boolean secretInForm) {
    private static final String DOCUMENT = ".well-known/openid-configuration";

    /** Where the document of an issuer is. */
    static URI location(URI issuer) {
        String base = issuer.toString();
        return URI.create(base.endsWith("/") ? base + DOCUMENT : base + "/" + DOCUMENT);
    }

    /**
     * Reads a document.
     *
     * @throws IOException if it is another issuer's (§4.3), or leads from https to http
     */
    static ProviderMetadata parse(JsonNode document, URI issuer) throws IOException {
        if (!issuer.toString().equals(document.path("issuer").asText())) {
            throw new IOException(
                    "the discovery document is not the configured issuer's; both must be the same, to the last slash");
        }
        URI keys = address(document, "jwks_uri", issuer);
        if (keys == null) {
            throw new IOException("the discovery document has no jwks_uri");
        }
        JsonNode methods = document.path("token_endpoint_auth_methods_supported");
        boolean basic = methods.isEmpty();
        boolean post = false;
        for (JsonNode method : methods) {
            basic |= method.asText().equals("client_secret_basic");
            post |= method.asText().equals("client_secret_post");
        }
        return new ProviderMetadata(keys, address(document, "token_endpoint", issuer), post && !basic);
    }

    private static @Nullable URI address(JsonNode document, String name, URI issuer) throws IOException {
        String text = document.path(name).textValue();
        if (text == null) {
            return null;
        }
        try {
            URI address = new URI(text);
            String scheme = Objects.requireNonNullElse(address.getScheme(), "");
            if (address.getHost() != null
                    && (scheme.equals("https") || (scheme.equals("http") && "http".equals(issuer.getScheme())))) {
                return address;
            }
        } catch (java.net.URISyntaxException e) {
            throw new IOException(name + " of the discovery document is no URL", e);
        }
        throw new IOException(name + " of the discovery document is no URL of https");
    }
}
