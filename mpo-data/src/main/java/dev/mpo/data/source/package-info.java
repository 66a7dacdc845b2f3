/**
 * Where the bytes of pictures and videos come from: files, members of zip and tar archives, {@code data:} URIs and web
 * addresses.
 *
 * <p>{@link dev.mpo.data.source.MediaSource} turns what a row names into {@link dev.mpo.data.source.Media}; what the
 * bytes mean is decided in {@code dev.mpo.data.image}. Depends on nothing else of this module.
 */
@NullMarked
package dev.mpo.data.source;

import org.jspecify.annotations.NullMarked;
