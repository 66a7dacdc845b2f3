package dev.mpo.eval.benchmark;

import dev.mpo.core.DataException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/** Reads tab-separated values with the quoting of CSV: a quoted value may hold tabs, line breaks and doubled quotes. */
final class TabReader {

    /** Pictures are in the values, so that they are long, but not endless. */
    private static final int LONGEST_VALUE = 256 << 20;

    private final Reader in;
    private final String name;
    private final List<List<String>> lines = new ArrayList<>();
    private List<String> line = new ArrayList<>();
    private final StringBuilder value = new StringBuilder();
    private boolean quoted;
    private boolean anything;

    TabReader(Reader in, String name) {
        this.in = in;
        this.name = name;
    }

    List<List<String>> lines() throws IOException {
        int before = -1;
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (quoted) {
                inQuotes(c);
            } else {
                outside(c, before);
            }
            before = c;
            if (value.length() > LONGEST_VALUE) {
                throw new DataException(name + ": a value of row " + lines.size()
                        + " is longer than 256 MiB; is a closing quote missing?");
            }
        }
        if (anything) {
            endLine();
        }
        return lines;
    }

    private void inQuotes(int c) throws IOException {
        if (c != '"') {
            value.append((char) c);
            return;
        }
        in.mark(1);
        int next = in.read();
        if (next == '"') {
            value.append('"');
        } else {
            quoted = false;
            if (next >= 0) {
                in.reset();
            }
        }
    }

    private void outside(int c, int before) {
        if (c == '"' && value.isEmpty()) {
            quoted = true;
            anything = true;
        } else if (c == '\t') {
            endValue();
            anything = true;
        } else if (c == '\n' || c == '\r') {
            if (!(c == '\n' && before == '\r') && anything) {
                endLine();
            }
        } else {
            value.append((char) c);
            anything = true;
        }
    }

    private void endValue() {
        line.add(value.toString());
        value.setLength(0);
    }

    private void endLine() {
        endValue();
        lines.add(line);
        line = new ArrayList<>();
        anything = false;
    }
}
