@NullMarked
package dev.mpo.tools.demo.loop;

import org.jspecify.annotations.NullMarked;
