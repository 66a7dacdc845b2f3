@NullMarked
package dev.mpo.data.video;

import org.jspecify.annotations.NullMarked;
