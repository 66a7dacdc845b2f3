package dev.mpo.data.check;

import dev.mpo.core.DataException;
import dev.mpo.data.image.DecodedImage;
import dev.mpo.data.image.ImageDecoder;
import dev.mpo.data.pair.PairDataset;
import dev.mpo.data.source.Media;
import dev.mpo.data.video.Clip;
import dev.mpo.data.video.FrameFolder;
import dev.mpo.data.video.FrameSequence;
import dev.mpo.data.video.Video;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Looks at the images and videos that rows name. Safe for use by several threads. */
final class MediaCheck {

    private final CheckOptions options;
    /** Hashes of what has been decoded, so that rows may share images at no cost. */
    private final LongSet decoded = new LongSet();

    MediaCheck(CheckOptions options) {
        this.options = options;
    }

    void checkImage(PairDataset dataset, String image, Findings findings) {
        Media media;
        try {
            media = dataset.media(image);
            media.requirePresent();
        } catch (DataException e) {
            findings.add(FindingKind.IMAGE_MISSING, e);
            return;
        }
        if (options.decode()) {
            decode(media, findings);
        }
    }

    void checkVideo(PairDataset dataset, String video, @Nullable Clip clip, Findings findings) {
        try {
            Media media = dataset.media(video);
            Video.requirePresent(media);
            long hash = Hash64.of(List.of(media.name(), String.valueOf(clip)));
            if (options.decode() && !decoded.contains(hash)) {
                decodeFrames(media, clip, findings);
                decoded.add(hash);
            }
        } catch (DataException e) {
            findings.add(FindingKind.VIDEO, e);
        }
    }

    /** Decodes every frame that training may draw. */
    private void decodeFrames(Media media, @Nullable Clip clip, Findings findings) {
        try (Video video = Video.open(media, clip, options.videos(), options.decoding())) {
            int[] all = IntStream.range(0, video.numFrames()).toArray();
            if (video instanceof FrameFolder folder) {
                folder.files(all).forEach(frame -> decode(frame, findings));
            } else if (video instanceof FrameSequence sequence) {
                sequence.read(all, frame -> note(media, frame, findings));
            }
        }
    }

    private void decode(Media media, Findings findings) {
        long hash = Hash64.of(List.of(media.name()));
        if (decoded.contains(hash)) {
            return;
        }
        try {
            DecodedImage image = ImageDecoder.decodeAll(media.read(), media.name(), options.decoding());
            decoded.add(hash);
            note(media, image, findings);
        } catch (DataException e) {
            findings.add(FindingKind.IMAGE_UNREADABLE, e);
        }
    }

    private static void note(Media media, DecodedImage image, Findings findings) {
        if (image.damage() != null) {
            findings.add(
                    FindingKind.IMAGE_TRUNCATED,
                    "image " + media.name() + ": " + image.damage()
                            + "; it is used as far as it goes: download it again, or leave such images out with"
                            + " data.truncated_images=refuse");
        }
    }
}
