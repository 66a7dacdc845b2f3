package dev.mpo.data.jsonl;

import java.nio.file.Path;
import java.util.List;

/** A program for tests with processes: opens an annotation file, or holds a lock until it is killed. */
final class OpeningProcess {

    private OpeningProcess() {}

    /** Takes {@code open FILE}, which prints where the index came from and the rows, or {@code hold PLACE}. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        if (arguments[0].equals("open")) {
            System.out.println("ready");
            System.in.read(); // so that all processes start at the same moment
            try (JsonlFile rows = JsonlFile.open(file)) {
                System.out.println(rows.indexOrigin() + " " + rows.rowCount() + " "
                        + rows.row(rows.rowCount() - 1).question());
            }
        } else {
            try (BuildLock lock = BuildLock.acquire(List.of(file))) {
                System.out.println("held");
                Thread.sleep(600_000);
            }
        }
    }
}
