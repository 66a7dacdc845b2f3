@NullMarked
package dev.mpo.core.folder;

import org.jspecify.annotations.NullMarked;
