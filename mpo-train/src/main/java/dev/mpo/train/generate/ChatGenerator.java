package dev.mpo.train.generate;

import dev.mpo.core.ConfigException;
import dev.mpo.core.config.ModelConfig;
import dev.mpo.core.generate.Generation;
import dev.mpo.core.generate.GenerationListener;
import dev.mpo.core.generate.GenerationOptions;
import dev.mpo.core.generate.GenerationRequest;
import dev.mpo.core.generate.Prompt;
import dev.mpo.core.generate.TextGenerator;
import dev.mpo.core.model.ModelOptions;
import dev.mpo.core.model.VisionLanguageModel;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ConversationEncoder;
import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Role;
import dev.mpo.data.text.Tokenizer;
import dev.mpo.data.text.Turn;
import dev.mpo.train.setup.ModelFolder;
import dev.mpo.train.setup.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The embedded engine: answers conversations with a checkpoint in this process.
 *
 * <p>Prompts are those of the reference: the checkpoint's chat template, its default system message unless the
 * conversation brings one, and the images cut as in training. Not for use by several threads at once.
 */
public final class ChatGenerator implements Generator {

    private final ModelFolder folder;
    private final boolean ownsModel;
    private final VisionLanguageModel model;
    private final TileOptions tileOptions;
    private final ConversationEncoder encoder;
    private final TextGenerator generator;
    private final Set<Integer> endOfTurn;

    private ChatGenerator(ModelFolder folder, VisionLanguageModel model, boolean ownsModel, ChatOptions options) {
        ModelConfig config = folder.config();
        Tokenizer tokenizer = folder.tokenizer();
        ChatTemplate template = ChatTemplate.of(config.template());
        this.folder = folder;
        this.model = model;
        this.ownsModel = ownsModel;
        Integer maxTiles = options.maxTiles();
        this.tileOptions = new TileOptions(
                config.imageSize(),
                config.minDynamicPatch(),
                maxTiles == null ? config.maxDynamicPatch() : maxTiles,
                config.useThumbnail(),
                config.dynamicImageSize());
        this.encoder = new ConversationEncoder(tokenizer, template, config.imageTokensPerTile(), Integer.MAX_VALUE);
        this.endOfTurn = options.stopAtEndOfTurn() ? Set.of(tokenizer.tokenId(template.endOfTurn())) : Set.of();
        if (options.maxConcurrent() < 1) {
            throw new ConfigException("batch size: expected a whole number from 1, got " + options.maxConcurrent());
        }
        this.generator = new TextGenerator(
                model,
                id -> tokenizer.isSpecial(id) ? new byte[0] : tokenizer.decodeBytes(id),
                tokenizer.tokenId(ImageTokens.CONTEXT),
                options.maxConcurrent());
    }

    /** Loads a checkpoint folder. */
    public static ChatGenerator open(Path checkpoint, ChatOptions options) {
        ModelFolder folder = ModelFolder.open(checkpoint, null);
        VisionLanguageModel model = null;
        try {
            Placement placement = Placement.of(options.precision());
            model = folder.load(ModelOptions.frozen(placement.device(), placement.compute()));
            return new ChatGenerator(folder, model, true, options);
        } catch (RuntimeException e) {
            if (model != null) {
                model.close();
            }
            folder.close();
            throw e;
        }
    }

    /** Uses a model that is loaded already, such as one in training; folder and model are borrowed. */
    public static ChatGenerator of(ModelFolder folder, VisionLanguageModel model, ChatOptions options) {
        return new ChatGenerator(folder, model, false, options);
    }

    /** Returns the architecture. */
    public ModelConfig config() {
        return folder.config();
    }

    /** Answers one conversation; the answers come in the order of their numbers. */
    public List<Generation> generate(ChatRequest request, GenerationListener listener) {
        GenerationRequest one = new GenerationRequest(prompt(request), options(request));
        return generator.generateAll(List.of(one), listener).get(0);
    }

    /** Answers one conversation; the answers come in the order of their numbers. */
    public List<Generation> generate(ChatRequest request) {
        return generate(request, new GenerationListener() {});
    }

    @Override
    public void run(Iterator<ChatRequest> requests, GenerationListener listener) {
        generator.run(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return requests.hasNext();
                    }

                    @Override
                    public GenerationRequest next() {
                        ChatRequest request = requests.next();
                        return new GenerationRequest(prompt(request), options(request));
                    }
                },
                listener);
    }

    private GenerationOptions options(ChatRequest request) {
        GenerationOptions options = request.options();
        Set<Integer> stops = new HashSet<>(options.stopTokens());
        stops.addAll(endOfTurn);
        return options.withStopTokens(stops);
    }

    /** Returns what the model reads for a request: token ids and tiles. */
    public Prompt prompt(ChatRequest request) {
        List<Tiles> parts = new ArrayList<>();
        for (Path image : request.images()) {
            parts.add(Tiler.tile(ImageDecoder.decode(image), tileOptions));
        }
        int[] tilesPerImage = parts.stream().mapToInt(Tiles::count).toArray();
        List<Turn> turns = marked(request.turns(), parts.size());
        int[] ids = encoder.encodePrompt(turns, tilesPerImage, request.answerStart());
        Tiles tiles = parts.isEmpty() ? Tiles.none(tileOptions.imageSize()) : Tiles.concat(parts);
        return new Prompt(ids, tiles.pixels(), tiles.count(), tiles.size());
    }

    /** Puts the markers of images in front of the first question if the conversation has none. */
    private static List<Turn> marked(List<Turn> turns, int numImages) {
        boolean hasMarker = turns.stream()
                .anyMatch(turn -> turn.role() == Role.USER && turn.text().contains(ImageTokens.PLACEHOLDER));
        if (numImages == 0 || hasMarker) {
            return turns;
        }
        List<Turn> all = new ArrayList<>(turns);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).role() == Role.USER) {
                String markers = (ImageTokens.PLACEHOLDER + "\n").repeat(numImages);
                all.set(i, Turn.user(markers + all.get(i).text()));
                return all;
            }
        }
        return all;
    }

    @Override
    public void close() {
        if (ownsModel) {
            model.close();
            folder.close();
        }
    }
}
