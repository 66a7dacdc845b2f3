/** From files on disk to token streams and tiles: meta files, JSONL rows, images, tokenizers and pair encoding. */
@NullMarked
package dev.mpo.data;

import org.jspecify.annotations.NullMarked;
