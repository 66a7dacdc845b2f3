/**
 * What a folder is that was given as a model and is none: the one place that knows the folders and files of other tools
 * by sight, and says what helps.
 */
@NullMarked
package dev.mpo.core.folder;

import org.jspecify.annotations.NullMarked;
