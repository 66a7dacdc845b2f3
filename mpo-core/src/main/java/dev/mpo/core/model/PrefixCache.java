package dev.mpo.core.model;

import dev.mpo.core.tensor.Scope;
import dev.mpo.core.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was computed for prompts that came lately: keys and values by their tokens, image features by their pixels. A
 * prompt that begins like one of them is read from there on; a tile that was seen before is not encoded again.
 *
 * <p>Prompts and features share one limit of memory; what was not used for longest goes first. For use by one thread at
 * a time, with one model.
 */
public final class PrefixCache implements AutoCloseable {

    /** A shared beginning shorter than this is not worth a call of its own. */
    private static final int SHORTEST = 16;

    /** A prompt and where it begins like another. */
    record Match(PrefilledPrompt prompt, int length) {}

    private record Entry(PromptKey key, PrefilledPrompt prompt) {}

    private record Features(Scope scope, Tensor rows) {
        long numBytes() {
            return rows.numel() * rows.dtype().numBytes();
        }
    }

    private final long maxBytes;
    private final Deque<Entry> prompts = new ArrayDeque<>();
    private final Map<PromptKey.Tile, Features> features = new LinkedHashMap<>(16, 0.75f, true);
    private long numBytes;

    /**
     * Creates an empty cache.
     *
     * @param maxBytes most memory of tensors to keep, in bytes
     */
    public PrefixCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns the memory of the tensors that are kept, in bytes. */
    public long numBytes() {
        return numBytes;
    }

    /** Returns the prompt with the longest common beginning; it remains the cache's. */
    @Nullable Match find(PromptKey key) {
        Entry best = null;
        int longest = SHORTEST - 1;
        for (Entry entry : prompts) {
            int common = key.commonLength(entry.key);
            if (common > longest) {
                longest = common;
                best = entry;
            }
        }
        if (best == null) {
            return null;
        }
        prompts.remove(best);
        prompts.addFirst(best);
        return new Match(best.prompt, longest);
    }

    /** Keeps a prompt, which stays the caller's as well. */
    void keep(PromptKey key, PrefilledPrompt prompt) {
        if (prompt.numBytes() > maxBytes) {
            return;
        }
        prompts.addFirst(new Entry(key, prompt.share(0)));
        numBytes += prompt.numBytes();
        shrink();
    }

    /** Returns the features of a tile, [tokens per tile, D], or null if they are not known; they remain the cache's. */
    @Nullable Tensor features(PromptKey.Tile tile) {
        Features known = features.get(tile);
        return known == null ? null : known.rows;
    }

    /** Keeps features, which {@code scope} owns alone and which the cache owns from now on. */
    void keep(PromptKey.Tile tile, Scope scope, Tensor rows) {
        Features added = new Features(scope, rows);
        Features before = features.put(tile, added);
        if (before != null) {
            numBytes -= before.numBytes();
            before.scope.close();
        }
        numBytes += added.numBytes();
    }

    /** Drops the oldest until the rest is within the limit: features first, which are made again from pixels. */
    void shrink() {
        Iterator<Features> oldest = features.values().iterator();
        while (numBytes > maxBytes && oldest.hasNext() && features.size() > prompts.size()) {
            Features dropped = oldest.next();
            oldest.remove();
            numBytes -= dropped.numBytes();
            dropped.scope.close();
        }
        while (numBytes > maxBytes && !prompts.isEmpty()) {
            PrefilledPrompt dropped = prompts.removeLast().prompt;
            numBytes -= dropped.numBytes();
            dropped.close();
        }
        while (numBytes > maxBytes && !features.isEmpty()) {
            Iterator<Features> rest = features.values().iterator();
            Features dropped = rest.next();
            rest.remove();
            numBytes -= dropped.numBytes();
            dropped.scope.close();
        }
    }

    /** Frees everything that is kept. */
    @Override
    public void close() {
        prompts.forEach(entry -> entry.prompt.close());
        prompts.clear();
        List.copyOf(features.values()).forEach(known -> known.scope.close());
        features.clear();
        numBytes = 0;
    }
}
