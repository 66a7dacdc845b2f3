@NullMarked
package dev.mpo.core.json;

import org.jspecify.annotations.NullMarked;
