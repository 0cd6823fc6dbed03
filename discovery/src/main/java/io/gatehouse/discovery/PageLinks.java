// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.html.LinkMapping;
import io.gatehouse.html.Rewriter;
import io.gatehouse.html.ScriptPathRewriter;
import io.gatehouse.html.SparkPageRewriter;
import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.GzipBodyFilter;
import io.gatehouse.proxy.ResponseFilter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Brings the links in pages and scripts of a server of Spark's below the prefix at which users see it. */
final class PageLinks {
    /** Spark 4.3 fetches a style sheet in it by a path that no prefix precedes. */
    static final String VIZ_SCRIPT = "static/sql/spark-sql-viz.js";

    /** Not XHTML, which is XML: elements that close themselves and CDATA are read otherwise there, and Spark sends none. */
    private static final Pattern PAGE = Pattern.compile("text/html\\s*(;.*)?");

    private static final Pattern SCRIPT = Pattern.compile("(text|application)/(x-)?javascript\\s*(;.*)?");
    /** In these, bytes that look like ASCII may be something else. */
    private static final Pattern NOT_ASCII = Pattern.compile(
            ".*charset\\s*=\\s*[\"']?\\s*(utf-?(16|32|7)|ucs-|iso-2022|iso-10646|hz-|x-imap|cp037|ibm).*");

    private PageLinks() {}

    /**
     * For pages.
     *
     * @param prefix at which users see the server
     * @param authority what the server calls itself where it does not go by Host
     * @param onRoot told what its pages say that their links begin with; error pages, which repeat what was asked for, say nothing
     */
    static ResponseFilter inPages(String prefix, String authority, Consumer<String> onRoot) {
        return (response, request, client) -> {
            if (!is(PAGE, response)) {
                return null;
            }
            Consumer<String> believed = response.status() == 200 ? onRoot : root -> {};
            LinkMapping mapping = mapping(prefix, authority, request, client);
            return GzipBodyFilter.before(new Links(new SparkPageRewriter(mapping, believed)), response);
        };
    }

    /** For {@link #VIZ_SCRIPT}. */
    static ResponseFilter inScripts(String prefix) {
        LinkMapping mapping = LinkMapping.below(prefix, List.of());
        return (response, _, _) -> is(SCRIPT, response)
                ? GzipBodyFilter.before(new Links(new ScriptPathRewriter(mapping)), response)
                : null;
    }

    private static boolean is(Pattern type, ResponseHead response) {
        String value = response.value(HeaderName.CONTENT_TYPE);
        if (value == null) {
            return false;
        }
        String lower = value.strip().toLowerCase(Locale.ROOT);
        return type.matcher(lower).matches() && !NOT_ASCII.matcher(lower).matches();
    }

    private static LinkMapping mapping(String prefix, String authority, RequestHead request, ClientInfo client) {
        List<String> hosts = new ArrayList<>(List.of(authority));
        @Nullable String told = client.host(request);
        if (told != null) {
            hosts.add(told);
        }
        return LinkMapping.below(prefix, hosts);
    }

    private record Links(Rewriter rewriter) implements BodyFilter {
        @Override
        public void filter(ByteBuf in, Consumer<ByteBuf> out) {
            rewriter.write(in, out);
        }

        @Override
        public void finish(Consumer<ByteBuf> out) {
            rewriter.finish(out);
        }

        @Override
        public void close() {
            rewriter.close();
        }
    }
}
