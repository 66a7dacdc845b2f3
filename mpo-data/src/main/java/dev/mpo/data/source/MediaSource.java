package dev.mpo.data.source;

import dev.mpo.core.DataException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Finds what rows name, and keeps archives open between reads. Safe for use by several threads.
 *
 * <p>A row may name a file, {@code archive.zip!/path/in/it} (zip or tar), and, if allowed, a {@code data:} URI or an
 * http(s) address. Closing lets go of the archives; the source can still be used and opens them again.
 */
public final class MediaSource implements AutoCloseable {

    /** How many archives stay open by default; MMPR has fewer. */
    public static final int DEFAULT_OPEN_ARCHIVES = 128;

    private static final Pattern WEB = Pattern.compile("^https?://.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final UrlOptions urls;
    private final ArchivePool archives;
    private final WebClient web;

    private MediaSource(UrlOptions urls, int openArchives) {
        this.urls = urls;
        this.archives = new ArchivePool(openArchives);
        this.web = new WebClient(urls);
    }

    /** Creates a source of files and archives only. */
    public static MediaSource local() {
        return create(UrlOptions.refused());
    }

    /** Creates a source; the caller closes it. */
    public static MediaSource create(UrlOptions urls) {
        return create(urls, DEFAULT_OPEN_ARCHIVES);
    }

    /** Creates a source that keeps a given number of archives open; the caller closes it. */
    public static MediaSource create(UrlOptions urls, int openArchives) {
        return new MediaSource(urls, openArchives);
    }

    /** Returns a file or folder of this machine, wherever it is. */
    public static Media file(Path path) {
        return new LocalMedia(path);
    }

    /**
     * Returns what an address names; nothing is opened yet.
     *
     * @param root where relative paths start; may itself lie in an archive ({@code images.zip!/train})
     * @param address a path, a path in an archive, or a URL
     * @throws DataException if it is a URL that may not be read, or no path of this machine
     */
    public Media find(Path root, String address) {
        boolean inline = address.regionMatches(true, 0, InlineMedia.SCHEME, 0, InlineMedia.SCHEME.length());
        if (inline || WEB.matcher(address).matches()) {
            Media media = inline ? new InlineMedia(address) : new WebMedia(address, web);
            if (!urls.allow()) {
                throw new DataException("image " + media.name() + ": URLs are not read unless " + UrlOptions.FLAG
                        + " allows it. Fix: set " + UrlOptions.FLAG
                        + "=true, or fetch the image and rewrite the beginning of its path with data.path_map");
            }
            return media;
        }
        if (address.contains("://")) {
            throw new DataException(
                    "image \"" + address + "\": expected a local path or an http(s) address. Fix: fetch the image, and"
                            + " rewrite the beginning of its path with data.path_map");
        }
        try {
            return local(root.resolve(address));
        } catch (InvalidPathException e) {
            throw new DataException("image \"" + address + "\" is not a path: " + e.getMessage(), e);
        }
    }

    private Media local(Path path) {
        String text = path.toString();
        int separator = text.indexOf(ArchiveMedia.SEPARATOR);
        // Folders may be named so as well.
        if (separator < 0 || Files.exists(path)) {
            return new LocalMedia(path);
        }
        String member = text.substring(separator + ArchiveMedia.SEPARATOR.length());
        return new ArchiveMedia(
                Path.of(text.substring(0, separator)),
                Archive.plainName(Path.of(member).normalize().toString()),
                archives);
    }

    /** Returns the number of archives that are open. */
    int openArchives() {
        return archives.size();
    }

    @Override
    public void close() {
        archives.close();
    }
}
