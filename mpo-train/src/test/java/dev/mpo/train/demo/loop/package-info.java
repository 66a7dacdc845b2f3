@NullMarked
package dev.mpo.train.demo.loop;

import org.jspecify.annotations.NullMarked;
