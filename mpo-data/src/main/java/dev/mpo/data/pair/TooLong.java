package dev.mpo.data.pair;

import dev.mpo.data.text.EncodedConversation;

/**
 * Says why a pair does not fit the length limit, and what can be done about it.
 *
 * @param imagesCut whether the limit would cut image tokens off
 * @param message where, need, limit, tiles and remedies
 */
record TooLong(boolean imagesCut, String message) {

    static TooLong of(
            PairDataset dataset,
            int row,
            boolean video,
            PairOptions options,
            int numTiles,
            EncodedConversation chosen,
            EncodedConversation rejected) {
        boolean imagesCut = chosen.imagesTruncated() || rejected.imagesTruncated();
        int need = Math.max(chosen.fullLength(), rejected.fullLength());
        int perTile = options.imageTokensPerTile();
        StringBuilder message = new StringBuilder(dataset.where(row))
                .append(imagesCut ? ": the image tokens do not fit: need " : ": the pair is too long: need ")
                .append(need)
                .append(" tokens, limit ")
                .append(options.maxSequenceLength())
                .append(" (data.max_seq_length), tiles ")
                .append(numTiles)
                .append(" x ")
                .append(perTile)
                .append(" = ")
                .append(numTiles * perTile)
                .append(" image tokens");
        if (imagesCut) {
            message.append(", which are never cut");
        }
        return new TooLong(
                imagesCut,
                message.append(remedies(dataset, video, options, numTiles, need))
                        .toString());
    }

    private static String remedies(PairDataset dataset, boolean video, PairOptions options, int numTiles, int need) {
        StringBuilder text = new StringBuilder(". Remedies: raise data.max_seq_length to ").append(need);
        if (video) {
            text.append("; lower data.video.max_num_frame (now ")
                    .append(options.videos().maxFrames())
                    .append(')');
        } else if (numTiles > 0) {
            boolean own = dataset.entry().maxDynamicPatch().isPresent();
            text.append("; lower data.max_dynamic_patch (now ")
                    .append(options.tiles().maxTiles())
                    .append(
                            own
                                    ? ", but \"max_dynamic_patch\" of "
                                            + dataset.entry().where() + " overrides it"
                                    : "")
                    .append(')');
        }
        return text.append("; drop the row, or all such rows with data.on_too_long=drop")
                .toString();
    }
}
