package dev.mpo.eval.generate;

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
import dev.mpo.core.tensor.Device;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.image.TileOptions;
import dev.mpo.data.image.Tiler;
import dev.mpo.data.image.Tiles;
import dev.mpo.data.text.ChatTemplate;
import dev.mpo.data.text.ConversationEncoder;
import dev.mpo.data.text.ImageTokens;
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
    private final int numWorkers;

    private ChatGenerator(ModelFolder folder, VisionLanguageModel model, boolean ownsModel, ChatOptions options) {
        ModelConfig config = folder.config();
        Tokenizer tokenizer = folder.tokenizer();
        ChatTemplate template = ChatTemplate.of(config.template());
        this.folder = folder;
        this.model = model;
        this.ownsModel = ownsModel;
        this.numWorkers = options.numWorkers();
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
            Device device = placement.device().isCpu() ? Device.CPU : options.device();
            model = folder.load(ModelOptions.frozen(device, placement.compute()));
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
        return generator.generateAll(List.of(prepared(request)), listener).get(0);
    }

    /** Answers one conversation; the answers come in the order of their numbers. */
    public List<Generation> generate(ChatRequest request) {
        return generate(request, new GenerationListener() {});
    }

    /**
     * {@inheritDoc} Images are read and cut ahead by threads of their own. A request whose images or texts cannot be
     * used goes to {@link GenerationListener#onFailed}, once for each of its answers.
     */
    @Override
    public void run(Iterator<ChatRequest> requests, GenerationListener listener) {
        try (PreparedRequests prepared =
                new PreparedRequests(requests, this::prepared, numWorkers, listener::onFailed)) {
            generator.run(prepared, prepared.renumbering(listener));
        }
    }

    private GenerationRequest prepared(ChatRequest request) {
        return new GenerationRequest(prompt(request), options(request));
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
        Integer most = request.maxTiles();
        TileOptions tiling = most == null ? tileOptions : tileOptions.withMaxTiles(most);
        for (Path image : request.images()) {
            parts.add(Tiler.tile(ImageDecoder.decode(image), tiling));
        }
        int[] tilesPerImage = parts.stream().mapToInt(Tiles::count).toArray();
        List<Turn> turns = ImageMarkers.complete(request.turns(), parts.size());
        int[] ids = encoder.encodePrompt(turns, tilesPerImage, request.answerStart());
        Tiles tiles = parts.isEmpty() ? Tiles.none(tileOptions.imageSize()) : Tiles.concat(parts);
        return new Prompt(ids, tiles.pixels(), tiles.count(), tiles.size());
    }

    @Override
    public void close() {
        if (ownsModel) {
            model.close();
            folder.close();
        }
    }
}
