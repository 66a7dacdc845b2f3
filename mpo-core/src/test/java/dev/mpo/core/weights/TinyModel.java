package dev.mpo.core.weights;

import dev.mpo.core.config.Family;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.safetensors.NumberFormats;
import dev.mpo.core.safetensors.SafetensorsWriter;
import dev.mpo.core.safetensors.SafetensorsWriter.Shard;
import dev.mpo.core.safetensors.StoredType;
import dev.mpo.core.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes tiny random checkpoints in the original layout; the values of a tensor depend on its name alone. */
record TinyModel(Family family, boolean rmsVision, boolean tied, StoredType type, boolean sharded) {

    static final TinyModel QWEN2 = new TinyModel(Family.QWEN2, false, false, StoredType.F32, false);
    static final TinyModel INTERNLM2 = new TinyModel(Family.INTERNLM2, false, false, StoredType.BF16, true);

    static List<TinyModel> all() {
        return List.of(
                QWEN2,
                INTERNLM2,
                new TinyModel(Family.QWEN2, false, true, StoredType.BF16, false),
                new TinyModel(Family.QWEN2, true, false, StoredType.F16, true));
    }

    String configJson() {
        String language = family == Family.QWEN2
                ? "\"architectures\": [\"Qwen2ForCausalLM\"], \"model_type\": \"qwen2\", \"rope_scaling\": null,"
                : "\"architectures\": [\"InternLM2ForCausalLM\"], \"model_type\": \"internlm2\", \"bias\": false,"
                        + " \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0},";
        String vision = rmsVision
                ? "\"norm_type\": \"rms_norm\", \"qk_normalization\": true, \"qkv_bias\": false"
                : "\"norm_type\": \"layer_norm\", \"qk_normalization\": false, \"qkv_bias\": true";
        return """
                {
                  "architectures": ["InternVLChatModel"],
                  "force_image_size": 56,
                  "llm_config": {
                    %s
                    "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
                    "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 11,
                    "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
                    "tie_word_embeddings": %s
                  },
                  "vision_config": {
                    %s,
                    "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2,
                    "image_size": 56, "patch_size": 14
                  },
                  "ps_version": "v2",
                  "template": "internvl2_5"
                }
                """.formatted(language, tied, vision);
    }

    /** Writes config.json and the weights. */
    Path writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), configJson());
        List<TensorInfo> tensors = new ArrayList<>();
        for (TensorMapping mapping : TensorNames.mappings(ModelConfig.load(folder), Layout.ORIGINAL)) {
            tensors.add(new TensorInfo(mapping.storedName(), type, mapping.storedShape()));
        }
        writeWeights(folder, tensors);
        return folder;
    }

    /** Writes weights only: the given tensors with values by name. */
    void writeWeights(Path folder, List<TensorInfo> tensors) {
        if (!sharded) {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, TinyModel::copyRandom);
            return;
        }
        int middle = tensors.size() / 2;
        List<Shard> shards = List.of(
                new Shard("model-00001-of-00002.safetensors", tensors.subList(0, middle)),
                new Shard("model-00002-of-00002.safetensors", tensors.subList(middle, tensors.size())));
        for (Shard shard : shards) {
            SafetensorsWriter.write(folder.resolve(shard.fileName()), shard.tensors(), TinyModel::copyRandom);
        }
        SafetensorsWriter.writeIndex(folder, shards);
    }

    private static void copyRandom(TensorInfo tensor, WritableByteChannel channel) throws IOException {
        Random random = new Random(tensor.name().hashCode());
        int count = (int) tensor.numElements();
        ByteBuffer single = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            single.putFloat((float) random.nextGaussian());
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.numBytes()).order(ByteOrder.LITTLE_ENDIAN);
        NumberFormats.convert(single.flip(), StoredType.F32, bytes, tensor.type());
        channel.write(bytes.flip());
    }
}
