// SPDX-License-Identifier: Apache-2.0
/**
 * Who is calling. Knows no HTTP/2, no Spark and no configuration file.
 *
 * <p>Start at {@link io.gatehouse.identity.Identity}, which is made of {@link io.gatehouse.identity.IdentitySettings} and answers as
 * {@link io.gatehouse.identity.Logins}. A door reads what a client showed with {@link io.gatehouse.identity.Credentials}; the
 * {@link io.gatehouse.identity.Login} says what came of it. Inside, {@code LoginRouter} brings a credential by its form to tokens
 * ({@code TokenLogins}, {@code TokenVerifier}, {@code OidcProvider}), passwords ({@code PasswordLogins}, {@code UsersFile},
 * {@code PasswordGrant}) or keys ({@code ApiKeys}).
 */
@NullMarked
package io.gatehouse.identity;

import org.jspecify.annotations.NullMarked;
