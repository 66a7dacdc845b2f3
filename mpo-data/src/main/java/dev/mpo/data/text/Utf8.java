package dev.mpo.data.text;

/** UTF-8 decoding with control over what damaged bytes become, and the repair of strings that UTF-8 cannot express. */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** How many replacement characters a damaged sequence becomes. */
    enum Damage {
        /** One for each maximal beginning of a character, as Python's {@code errors="replace"} does. */
        PER_SEQUENCE,
        /** One for each byte, as SentencePiece does. */
        PER_BYTE
    }

    /** Returns the text of {@code length} bytes; whatever is no UTF-8 becomes U+FFFD. */
    static String decode(byte[] bytes, int length, Damage damage) {
        StringBuilder text = new StringBuilder(length);
        int at = 0;
        while (at < length) {
            int size = sequence(bytes, at, length);
            if (size > 0) {
                text.appendCodePoint(codePoint(bytes, at, size));
                at += size;
            } else {
                text.append(REPLACEMENT);
                at += damage == Damage.PER_BYTE ? 1 : -size;
            }
        }
        return text.toString();
    }

    /** Returns the text with each lone surrogate replaced by U+FFFD. */
    static String withoutLoneSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return repaired(text);
            }
        }
        return text;
    }

    private static String repaired(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** Returns the size of the character at a place, or minus the size of the longest beginning of one (at least 1). */
    private static int sequence(byte[] bytes, int at, int length) {
        int lead = bytes[at] & 0xFF;
        int size = size(lead);
        for (int i = 1; i < size; i++) {
            if (at + i >= length || !continues(lead, i, bytes[at + i] & 0xFF)) {
                return -i;
            }
        }
        return size == 0 ? -1 : size;
    }

    private static int size(int lead) {
        if (lead < 0x80) {
            return 1;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }

    /** The second byte's range depends on the first: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
    private static boolean continues(int lead, int index, int b) {
        int low = 0x80;
        int high = 0xBF;
        if (index == 1) {
            switch (lead) {
                case 0xE0 -> low = 0xA0;
                case 0xED -> high = 0x9F;
                case 0xF0 -> low = 0x90;
                case 0xF4 -> high = 0x8F;
                default -> {}
            }
        }
        return b >= low && b <= high;
    }

    private static int codePoint(byte[] bytes, int at, int size) {
        int lead = bytes[at] & 0xFF;
        int point = size == 1 ? lead : lead & (0x7F >> size);
        for (int i = 1; i < size; i++) {
            point = (point << 6) | (bytes[at + i] & 0x3F);
        }
        return point;
    }
}
