package dev.mpo.data.text;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What decoding needs from a SentencePiece model file, which is a protocol buffer.
 *
 * @param pieces the vocabulary by id
 * @param stripsFirstSpace whether a text's first space is an artefact that decoding removes
 * @param stripsAllFirstSpaces whether that goes for the first spaces of all leading pieces
 * @param unknownSurface how the unknown piece is printed
 */
record SentencePieceProto(
        List<Piece> pieces, boolean stripsFirstSpace, boolean stripsAllFirstSpaces, String unknownSurface) {

    /** The kinds of pieces that are printed differently. */
    enum Kind {
        TEXT,
        UNKNOWN,
        CONTROL,
        BYTE
    }

    /**
     * One entry of the vocabulary.
     *
     * @param text its content; a space reads U+2581
     * @param kind how it is printed
     */
    record Piece(String text, Kind kind) {}

    /**
     * Parses a file.
     *
     * @throws IllegalArgumentException if it is no SentencePiece model
     */
    static SentencePieceProto parse(byte[] bytes) {
        List<Piece> pieces = new ArrayList<>();
        boolean[] normalizer = {true, true};
        String[] surface = {" \u2047 "};
        try {
            fields(ByteBuffer.wrap(bytes), (field, value, content) -> {
                switch (field) {
                    case 1 -> pieces.add(piece(content));
                    case 2 -> fields(content, (f, v, c) -> surface[0] = f == 44 ? text(c) : surface[0]);
                    case 3 ->
                        fields(content, (f, v, c) -> {
                            if (f == 3 || f == 4) {
                                normalizer[f - 3] = v != 0;
                            }
                        });
                    default -> {}
                }
            });
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the file ends in the middle of an entry", e);
        }
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("the file holds no pieces");
        }
        return new SentencePieceProto(List.copyOf(pieces), normalizer[0] || normalizer[1], normalizer[1], surface[0]);
    }

    private static Piece piece(ByteBuffer entry) {
        String[] text = {""};
        Kind[] kind = {Kind.TEXT};
        fields(entry, (field, value, content) -> {
            if (field == 1) {
                text[0] = text(content);
            } else if (field == 3) {
                kind[0] = kind(value);
            }
        });
        return new Piece(text[0], kind[0]);
    }

    private static Kind kind(long number) {
        return switch ((int) number) {
            case 2 -> Kind.UNKNOWN;
            case 3 -> Kind.CONTROL;
            case 6 -> Kind.BYTE;
            default -> Kind.TEXT;
        };
    }

    /** Returns the text of a field. */
    static String text(ByteBuffer content) {
        return StandardCharsets.UTF_8.decode(content.duplicate()).toString();
    }

    /** Receives a field: its number, and its value (numbers) or content (everything else). */
    interface FieldVisitor {
        void visit(int field, long value, ByteBuffer content);
    }

    /** Visits the fields of a message in order. */
    static void fields(ByteBuffer message, FieldVisitor visitor) {
        ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer nothing = ByteBuffer.allocate(0);
        while (in.hasRemaining()) {
            long tag = varint(in);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> visitor.visit(field, varint(in), nothing);
                case 1 -> visitor.visit(field, in.getLong(), nothing);
                case 2 -> visitor.visit(field, 0, slice(in, varint(in)));
                case 5 -> visitor.visit(field, in.getInt(), nothing);
                default -> throw new IllegalArgumentException("unknown field type " + (tag & 7));
            }
        }
    }

    private static ByteBuffer slice(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return part;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has more than 64 bits");
    }
}
