package dev.mpo.tools.report;

import dev.mpo.core.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The frame of a self-contained page: head, style sheet, title. */
final class HtmlPage {

    private static final String STYLE_SHEET = "report.css";

    private HtmlPage() {}

    /** Returns a page with a title, which is escaped here, and a body, which must be HTML already. */
    static String of(String title, String body) {
        String name = Html.escape(title);
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
                + name
                + "</title>\n<style>\n"
                + styleSheet()
                + "</style>\n</head>\n<body>\n<main>\n<h1>"
                + name
                + "</h1>\n"
                + body
                + "</main>\n</body>\n</html>\n";
    }

    /**
     * Writes a page, and its folder when absent.
     *
     * @throws ConfigException if that is not possible
     */
    static void write(Path file, String page) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, page);
        } catch (IOException e) {
            throw new ConfigException("cannot write " + file + " (" + e + "): choose another output file", e);
        }
    }

    private static String styleSheet() {
        try (InputStream in = HtmlPage.class.getResourceAsStream(STYLE_SHEET)) {
            if (in == null) {
                throw new IllegalStateException(STYLE_SHEET + " is missing from the program's own files");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
