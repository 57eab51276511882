import kafka.Kafka;
import kafka.tools.StorageTool;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One Kafka broker that ends, cleanly, when its standard input does.
 * Arguments: the properties file, a cluster id, the file whose absence says that the storage is not formatted yet.
 */
public final class KafkaNode {
    public static void main(String[] arguments) throws Exception {
        String properties = arguments[0];
        if (Files.notExists(Path.of(arguments[2]))) {
            // In this process: a second Java machine would cost another second.
            int code = StorageTool.execute(
                new String[] {"format", "--cluster-id", arguments[1], "--config", properties, "--ignore-formatted"},
                System.out);
            if (code != 0) {
                System.exit(code);
            }
        }
        Thread lifeline = new Thread(KafkaNode::exitWithInput, "lifeline");
        lifeline.setDaemon(true);
        lifeline.start();
        Kafka.main(new String[] {properties});
    }

    private static void exitWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever written: the input only ends.
            }
        } catch (java.io.IOException broken) {
            // As good as ended.
        }
        System.exit(0);
    }
}
