import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.File;
import java.util.List;
import java.util.Map;

/** Reads KafkaTopics and KafkaUsers with Strimzi's own classes. Fails on what those don't know, or know and would lose. */
public class ReadByStrimzi {
    private record Kind(Class<?> model, List<String> versions) {}

    private static final Map<String, Kind> KINDS = Map.of(
            KafkaTopic.RESOURCE_KIND, new Kind(KafkaTopic.class, KafkaTopic.VERSIONS),
            KafkaUser.RESOURCE_KIND, new Kind(KafkaUser.class, KafkaUser.VERSIONS));

    public static void main(String[] files) throws Exception {
        // Strimzi's classes keep unknown fields for later; here a field without a setter of its own is an error.
        ObjectMapper mapper = YAMLMapper.builder().annotationIntrospector(new JacksonAnnotationIntrospector() {
            @Override
            public Boolean hasAnySetter(Annotated method) {
                return false;
            }
        }).build();
        int read = 0;
        for (String file : files) {
            for (JsonNode document : mapper.readerFor(JsonNode.class).<JsonNode>readValues(new File(file)).readAll()) {
                check(mapper, document);
                read++;
            }
        }
        System.out.println(read + " documents read");
    }

    private static void check(ObjectMapper mapper, JsonNode document) throws Exception {
        Kind kind = KINDS.get(document.path("kind").asText());
        String version = document.path("apiVersion").asText();
        if (kind == null || kind.versions().stream().noneMatch(known -> version.equals("kafka.strimzi.io/" + known))) {
            throw new IllegalArgumentException("Strimzi has no " + version + " " + document.path("kind"));
        }
        // An enumeration's unknown value is read as null, so what is read must also come out again.
        JsonNode written = mapper.valueToTree(mapper.treeToValue(document, kind.model()));
        if (!written.equals(document)) {
            throw new IllegalArgumentException("Strimzi makes\n" + written + "\nof\n" + document);
        }
    }
}
