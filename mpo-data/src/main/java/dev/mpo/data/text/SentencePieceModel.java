package dev.mpo.data.text;

import ai.djl.sentencepiece.SpProcessor;
import ai.djl.sentencepiece.SpTokenizer;
import dev.mpo.core.CheckpointException;
import dev.mpo.core.config.Family;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * InternLM2's SentencePiece vocabulary: BPE over characters, with a token for each byte as the last resort.
 *
 * <p>Encoding is SentencePiece's own. Decoding is done here, because the binding's cannot carry characters beyond
 * U+FFFF.
 */
final class SentencePieceModel implements TextModel {

    private static final String FILE = "tokenizer.model";
    private static final String SPACE = "\u2581";

    private final SpTokenizer library;
    private final SpProcessor processor;
    private final SentencePieceProto proto;
    private final Map<String, Integer> ids;

    private SentencePieceModel(SpTokenizer library, SentencePieceProto proto) {
        this.library = library;
        this.processor = library.getProcessor();
        this.proto = proto;
        this.ids = new HashMap<>(proto.pieces().size() * 2);
        for (int id = 0; id < proto.pieces().size(); id++) {
            ids.putIfAbsent(proto.pieces().get(id).text(), id);
        }
    }

    /** Reads {@code tokenizer.model}. */
    static SentencePieceModel load(TokenizerFolder files) {
        byte[] bytes = files.bytes(FILE);
        SentencePieceProto proto;
        try {
            proto = SentencePieceProto.parse(bytes);
        } catch (RuntimeException e) {
            throw files.damaged(FILE, "expected a SentencePiece model, but " + e.getMessage());
        }
        try {
            return new SentencePieceModel(new SpTokenizer(bytes), proto);
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    files.path(FILE)
                            + ": is no sound SentencePiece model: its pieces are damaged or contradict each other. "
                            + TokenizerFolder.REMEDY + ".",
                    e);
        }
    }

    @Override
    public Family family() {
        return Family.INTERNLM2;
    }

    @Override
    public String normalize(String text) {
        return text;
    }

    @Override
    public int[] encode(String text) {
        return processor.encode(text);
    }

    @Override
    public int size() {
        return proto.pieces().size();
    }

    @Override
    public boolean allowsRenaming() {
        return true;
    }

    @Override
    public int idLimit() {
        return size();
    }

    @Override
    public int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    @Override
    public String token(int id) {
        return id >= 0 && id < size() ? proto.pieces().get(id).text() : "";
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= size()) {
            return new byte[0];
        }
        SentencePieceProto.Piece piece = proto.pieces().get(id);
        return piece.kind() == SentencePieceProto.Kind.BYTE ? new byte[] {value(piece)} : utf8(spaced(piece.text()));
    }

    @Override
    public String separator() {
        return " ";
    }

    /** Prints special tokens as they are, with a space before the text that leads up to each. */
    @Override
    public String join(List<DecodedToken> run) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        boolean afterSpecial = false;
        for (int i = 0; i < run.size(); i++) {
            if (!run.get(i).special()) {
                afterSpecial = false;
                continue;
            }
            text.append(afterSpecial ? "" : " ").append(decode(run.subList(from, i)));
            text.append(run.get(i).added());
            afterSpecial = true;
            from = i + 1;
        }
        return SpaceCleaner.clean(
                text.append(decode(run.subList(from, run.size()))).toString());
    }

    /** SentencePiece's own decoding: bytes gathered to characters, the artificial first space removed. */
    private String decode(List<DecodedToken> run) {
        StringBuilder text = new StringBuilder();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean atStart = true;
        boolean stripped = false;
        for (DecodedToken token : run) {
            if (token.added().isEmpty() && kind(token.id()) == SentencePieceProto.Kind.BYTE) {
                bytes.write(value(proto.pieces().get(token.id())));
                continue;
            }
            flush(bytes, text);
            atStart = atStart && !stripped && text.isEmpty();
            String surface = surface(token);
            boolean strips = atStart && proto.stripsFirstSpace() && surface.startsWith(SPACE);
            stripped = strips && !proto.stripsAllFirstSpaces();
            text.append(spaced(strips ? surface.substring(1) : surface));
        }
        flush(bytes, text);
        return text.toString();
    }

    private static void flush(ByteArrayOutputStream bytes, StringBuilder text) {
        text.append(Utf8.decode(bytes.toByteArray(), bytes.size(), Utf8.Damage.PER_BYTE));
        bytes.reset();
    }

    private String surface(DecodedToken token) {
        if (!token.added().isEmpty()) {
            return token.added();
        }
        return switch (kind(token.id())) {
            case CONTROL -> "";
            case UNKNOWN -> proto.unknownSurface();
            default -> token(token.id());
        };
    }

    private SentencePieceProto.Kind kind(int id) {
        return id >= 0 && id < size() ? proto.pieces().get(id).kind() : SentencePieceProto.Kind.TEXT;
    }

    /** A byte's piece reads like {@code <0x0A>}. */
    private static byte value(SentencePieceProto.Piece piece) {
        return (byte) Integer.parseInt(piece.text().substring(3, 5), 16);
    }

    private static String spaced(String text) {
        return text.replace(SPACE, " ");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        library.close();
    }
}
