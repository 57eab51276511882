import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.SequenceInputStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import org.elasticsearch.bootstrap.ServerArgs;
import org.elasticsearch.common.io.stream.OutputStreamStreamOutput;
import org.elasticsearch.common.settings.KeyStoreWrapper;
import org.elasticsearch.common.settings.Settings;

/**
 * One Elasticsearch node without the vendor's launcher, which costs a second Java machine.
 * Arguments: configuration folder, log folder, pid file, then setting=value.
 * The server reads its start arguments from standard input, and ends when that does: first comes what the launcher
 * would have written, then our own input, which the parent holds open.
 */
public final class ElasticsearchNode {
    public static void main(String[] arguments) throws Exception {
        Path configuration = Path.of(arguments[0]);
        Path logs = Path.of(arguments[1]);
        Settings.Builder settings = Settings.builder()
            .put("path.home", System.getProperty("es.path.home"))
            .put("path.logs", logs.toString());
        for (int i = 3; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        var start = new ServerArgs(
            false, false, Path.of(arguments[2]), KeyStoreWrapper.create(), settings.build(), configuration, logs);
        var written = new ByteArrayOutputStream();
        try (var out = new OutputStreamStreamOutput(written)) {
            start.writeTo(out);
        }
        System.setIn(new SequenceInputStream(new ByteArrayInputStream(written.toByteArray()), System.in));
        Method main = Class.forName("org.elasticsearch.bootstrap.Elasticsearch")
            .getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        main.invoke(null, (Object) new String[0]);
    }
}
