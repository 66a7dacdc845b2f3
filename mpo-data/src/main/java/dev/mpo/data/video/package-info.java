/**
 * Videos as frames: which frames of a video a row shows, and where their pixels come from.
 *
 * <p>Start reading at {@link dev.mpo.data.video.Video}. Depends on {@code dev.mpo.data.image} for pixels and on
 * {@code dev.mpo.data.source} for bytes.
 */
@NullMarked
package dev.mpo.data.video;

import org.jspecify.annotations.NullMarked;
