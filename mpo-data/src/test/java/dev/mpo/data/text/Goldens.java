package dev.mpo.data.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mpo.testkit.SharedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Access to the reference's tokenization results. */
final class Goldens {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Goldens() {}

    static JsonNode read(String name) throws IOException {
        return MAPPER.readTree(
                SharedFiles.require("goldens/golden/c_tokenization/" + name).toFile());
    }

    static Tokenizer tokenizer(String name) {
        return Tokenizers.load(SharedFiles.require("goldens/tokenizers/" + name));
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }

    static List<List<Integer>> spans(int[][] spans) {
        List<List<Integer>> list = new ArrayList<>();
        for (int[] span : spans) {
            list.add(List.of(span[0], span[1]));
        }
        return list;
    }
}
