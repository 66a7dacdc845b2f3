package dev.mpo.data.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tokenizers small enough to be checked by hand, written to a folder as a checkpoint would hold them. */
final class TinyTokenizers {

    static final ObjectMapper MAPPER = new ObjectMapper();

    /** Rank order; the merged tokens get the ids from 256 on. */
    static final List<String> MERGES = List.of("l o", "lo w", "e r", "\u0120 low", "\u010a \u010a");

    /** Pieces of {@link #internLm2} behind unknown, begin, end and the 256 bytes; the longer, the earlier merged. */
    static final List<String> PIECES =
            List.of("\u2581low", "low", "lo", "er", "\u2581", "l", "o", "w", "e", "r", "\n", "a", "!", "\u4e2d");

    private TinyTokenizers() {}

    /** Writes Qwen2 files: 256 bytes, the merges, then six added tokens; InternVL's own tokens are absent. */
    static Path qwen2(Path folder) {
        ObjectNode vocabulary = MAPPER.createObjectNode();
        for (int b = 0; b < 256; b++) {
            vocabulary.put(String.valueOf(ByteSymbols.symbol(b)), b);
        }
        StringBuilder merges = new StringBuilder("#version: 0.2\n");
        for (String merge : MERGES) {
            vocabulary.put(merge.replace(" ", ""), vocabulary.size());
            merges.append(merge).append('\n');
        }
        write(folder, "vocab.json", vocabulary.toString());
        write(folder, "merges.txt", merges.toString());
        write(folder, "tokenizer_config.json", qwen2Config().toString());
        return folder;
    }

    private static ObjectNode qwen2Config() {
        ObjectNode config = MAPPER.createObjectNode();
        ObjectNode added = config.putObject("added_tokens_decoder");
        int id = 256 + MERGES.size();
        for (String content : List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool>", "<strip>", "<word>")) {
            added.putObject(String.valueOf(id++))
                    .put("content", content)
                    .put("lstrip", content.equals("<strip>"))
                    .put("rstrip", content.equals("<strip>"))
                    .put("single_word", content.equals("<word>"));
        }
        config.put("eos_token", "<|im_end|>").put("pad_token", "<|endoftext|>").putNull("unk_token");
        config.putArray("additional_special_tokens").add("<|im_start|>");
        return config;
    }

    /** Writes InternLM2 files: a SentencePiece model of bytes and {@link #PIECES}, and two chat tokens. */
    static Path internLm2(Path folder, boolean dummyPrefix) {
        write(folder, "tokenizer.model", sentencePiece(dummyPrefix));
        ObjectNode config = MAPPER.createObjectNode();
        ObjectNode added = config.putObject("added_tokens_decoder");
        List<String> contents = List.of("<unk>", "<s>", "</s>");
        for (int id = 0; id < contents.size(); id++) {
            added.putObject(String.valueOf(id)).put("content", contents.get(id));
        }
        int next = 3 + 256 + PIECES.size();
        added.putObject(String.valueOf(next)).put("content", "<|im_start|>");
        added.putObject(String.valueOf(next + 1)).put("content", "<|im_end|>");
        config.putArray("additional_special_tokens").add("<|im_start|>").add("<|im_end|>");
        write(folder, "tokenizer_config.json", config.toString());
        return folder;
    }

    /** Builds the protocol buffer of a SentencePiece BPE model with byte fallback. */
    static byte[] sentencePiece(boolean dummyPrefix) {
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        message(model, 1, piece("<unk>", 0, 2));
        message(model, 1, piece("<s>", 0, 3));
        message(model, 1, piece("</s>", 0, 3));
        for (int b = 0; b < 256; b++) {
            message(model, 1, piece(String.format("<0x%02X>", b), 0, 6));
        }
        for (int i = 0; i < PIECES.size(); i++) {
            message(model, 1, piece(PIECES.get(i), -i, 1));
        }
        ByteArrayOutputStream trainer = new ByteArrayOutputStream();
        number(trainer, 3, 2);
        number(trainer, 35, 1);
        message(model, 2, trainer.toByteArray());
        ByteArrayOutputStream normalizer = new ByteArrayOutputStream();
        message(normalizer, 1, "identity".getBytes(StandardCharsets.UTF_8));
        number(normalizer, 3, dummyPrefix ? 1 : 0);
        number(normalizer, 4, 0);
        message(model, 3, normalizer.toByteArray());
        return model.toByteArray();
    }

    private static byte[] piece(String text, float score, int kind) {
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        message(piece, 1, text.getBytes(StandardCharsets.UTF_8));
        piece.write((2 << 3) | 5);
        piece.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(score)
                .array());
        number(piece, 3, kind);
        return piece.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int field, int value) {
        varint(out, field << 3);
        varint(out, value);
    }

    private static void message(ByteArrayOutputStream out, int field, byte[] content) {
        varint(out, (field << 3) | 2);
        varint(out, content.length);
        out.writeBytes(content);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    static void write(Path folder, String name, String content) {
        write(folder, name, content.getBytes(StandardCharsets.UTF_8));
    }

    static void write(Path folder, String name, byte[] content) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
