// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test method a fresh {@link Page} as a parameter, in one {@link Browser} per test class.
 *
 * <p>When the test fails, a picture of the page and the record of its last visit are left in
 * {@code target/screenshots}, named after the test. Browser and pages are closed by JUnit with the store that holds
 * them.
 */
public final class BrowserExtension implements BeforeAllCallback, AfterTestExecutionCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(BrowserExtension.class);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Browser.class, Browser.start());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Page.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Page page = browser(context).newPage();
        context.getStore(NAMESPACE).put(Page.class, page);
        return page;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        Page page = context.getStore(NAMESPACE).get(Page.class, Page.class);
        if (page != null && context.getExecutionException().isPresent()) {
            String name = context.getRequiredTestClass().getSimpleName() + "-"
                    + context.getRequiredTestMethod().getName();
            page.screenshot(SCREENSHOTS.resolve(name + ".png"));
            String visit = Stream.concat(page.requests().stream(), page.problems().stream())
                    .map(Object::toString)
                    .collect(Collectors.joining("\n", page.url() + "\n\n", "\n"));
            Files.writeString(SCREENSHOTS.resolve(name + ".txt"), visit);
        }
    }

    private static Browser browser(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Browser.class, Browser.class);
    }
}
