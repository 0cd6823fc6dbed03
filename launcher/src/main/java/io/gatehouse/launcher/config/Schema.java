// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration records say about themselves, read by reflection: the one source for binding, variables, defaults and the
 * comparison of two configurations. Reading it takes microseconds and happens at start and reload only, so nothing is cached.
 */
final class Schema {
    private Schema() {}

    /** What stands under a key. */
    enum Kind {
        /** One value. */
        SCALAR,
        /** A record of our own. */
        SECTION,
        /** A list of values. */
        SCALARS,
        /** A list of records. */
        SECTIONS,
        /** Free keys, each with one value. */
        MAP
    }

    /**
     * One key of a section.
     *
     * @param name the key as it stands in the file
     * @param type the type of the value, of an element of the list, or of a value of the map
     * @param description one sentence for people
     * @param example what to show when there is no default; empty when none is needed
     * @param required whether the section is invalid without the key
     * @param optional whether leaving the key out means null rather than a default
     */
    record Property(
            String name,
            Kind kind,
            Class<?> type,
            String description,
            String example,
            boolean required,
            boolean optional,
            Method accessor) {

        /** The value of this key in a section. */
        @Nullable
        Object read(Record section) {
            try {
                return accessor.invoke(section);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("reading " + accessor, e);
            }
        }

        /** The type of this key's value as a section; only for sections and lists of them. */
        Class<? extends Record> section() {
            return type.asSubclass(Record.class);
        }
    }

    /**
     * A key with its path from the root.
     *
     * @param path the names, joined with dots
     */
    record Leaf(String path, Property property) {}

    /** The keys of a section in the order of its record. */
    static List<Property> properties(Class<? extends Record> section) {
        return Arrays.stream(section.getRecordComponents())
                .map(Schema::property)
                .toList();
    }

    /** Every key below a section that is not itself a section. */
    static List<Leaf> leaves(Class<? extends Record> root) {
        List<Leaf> leaves = new ArrayList<>();
        collect(root, "", leaves);
        return leaves;
    }

    private static void collect(Class<? extends Record> section, String prefix, List<Leaf> leaves) {
        for (Property property : properties(section)) {
            String path = join(prefix, property.name());
            if (property.kind() == Kind.SECTION) {
                collect(property.section(), path, leaves);
            } else {
                leaves.add(new Leaf(path, property));
            }
        }
    }

    /** The path of {@code name} below {@code prefix}. */
    static String join(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + "." + name;
    }

    /** Calls the record's canonical constructor; {@code arguments} are in the order of {@link #properties}. */
    static <T extends Record> T construct(Class<T> type, List<@Nullable Object> arguments)
            throws InvocationTargetException {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(parameters).newInstance(arguments.toArray());
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException("constructing " + type, e);
        }
    }

    private static Property property(RecordComponent component) {
        Method accessor = component.getAccessor();
        Class<?> raw = component.getType();
        Kind kind;
        Class<?> type;
        if (raw == List.class) {
            type = argument(component, 0);
            kind = type.isRecord() && !Scalars.isScalar(type) ? Kind.SECTIONS : Kind.SCALARS;
        } else if (raw == Map.class) {
            type = argument(component, 1);
            kind = Kind.MAP;
        } else {
            type = raw;
            kind = Scalars.isScalar(raw) ? Kind.SCALAR : Kind.SECTION;
        }
        JsonPropertyDescription description = Objects.requireNonNull(
                accessor.getAnnotation(JsonPropertyDescription.class), () -> accessor + " has no description");
        return new Property(
                component.getName(),
                kind,
                type,
                description.value(),
                Stream.ofNullable(accessor.getAnnotation(Example.class))
                        .map(Example::value)
                        .findFirst()
                        .orElse(""),
                accessor.isAnnotationPresent(JsonProperty.class)
                        && accessor.getAnnotation(JsonProperty.class).required(),
                component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                accessor);
    }

    private static Class<?> argument(RecordComponent component, int index) {
        Type argument = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[index];
        return (Class<?>) argument;
    }
}
