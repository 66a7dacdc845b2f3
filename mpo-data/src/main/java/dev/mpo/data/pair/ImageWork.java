package dev.mpo.data.pair;

import dev.mpo.data.image.PixelBuffers;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Where the images of a row are decoded: on which threads, into which memory, and after how long a wait for it. */
public interface ImageWork {

    /** The calling thread, one image after the other, into new memory without a limit. */
    ImageWork INLINE = new ImageWork() {
        @Override
        public void reserve(LongSupplier bytes) {}

        @Override
        public PixelBuffers buffers() {
            return PixelBuffers.none();
        }

        @Override
        public <T> List<T> all(List<Supplier<T>> images) {
            return images.stream().map(Supplier::get).toList();
        }
    };

    /**
     * Called before the images of a row are decoded; may wait until there is memory for them. A second call takes the
     * place of the first.
     *
     * @param bytes tells the memory that decoding takes at most, at the cost of reading headers
     */
    void reserve(LongSupplier bytes);

    /** Returns where pixel arrays come from. */
    PixelBuffers buffers();

    /**
     * Does what is to be done for each image and returns the results in their order.
     *
     * @throws RuntimeException of the first image, in their order, for which it failed
     */
    <T> List<T> all(List<Supplier<T>> images);
}
