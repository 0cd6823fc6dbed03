// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.h2;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What h2spec found, as its report in JUnit's form has it.
 *
 * @param passed how many of its tests
 * @param others those that did not, with what became of them
 */
record H2SpecReport(int passed, List<String> others) {
    static H2SpecReport read(Path file) throws IOException {
        List<String> others = new ArrayList<>();
        NodeList tests = parse(file).getElementsByTagName("testcase");
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            // Only one that passed has nothing inside.
            if (test.getElementsByTagName("*").getLength() > 0) {
                others.add(test.getAttribute("package") + " " + test.getAttribute("classname") + ": "
                        + test.getElementsByTagName("*").item(0).getNodeName()
                        + test.getTextContent());
            }
        }
        return new H2SpecReport(tests.getLength() - others.size(), others);
    }

    private static Document parse(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("h2spec has left no report", e);
        }
    }
}
