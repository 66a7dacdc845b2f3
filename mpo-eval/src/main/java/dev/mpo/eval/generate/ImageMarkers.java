package dev.mpo.eval.generate;

import dev.mpo.data.text.ImageTokens;
import dev.mpo.data.text.Role;
import dev.mpo.data.text.Turn;
import java.util.ArrayList;
import java.util.List;

/** The places of images in conversations. */
final class ImageMarkers {

    private ImageMarkers() {}

    /** Puts the markers of images in front of the first question if the conversation has none. */
    static List<Turn> complete(List<Turn> turns, int numImages) {
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
}
