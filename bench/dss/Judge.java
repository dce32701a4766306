import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.signature.AdvancedSignature;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.tsp.TimestampToken;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges PDF files with EU DSS, one JSON line a file, paths from standard input. Nothing is fetched; every
 * certificate inside the file counts as trusted, so that what is judged is the signature and what followed it.
 */
public final class Judge {
    public static void main(String[] arguments) throws Exception {
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = in.readLine(); path != null; path = in.readLine()) {
            long start = System.nanoTime();
            String body;
            try {
                body = judge(Files.readAllBytes(Path.of(path)));
            } catch (Throwable failure) {
                body = "\"exception\":" + quote(failure.getClass().getSimpleName());
            }
            out.println("{\"file\":" + quote(path) + ",\"seconds\":" + (System.nanoTime() - start) / 1e9 + "," + body + "}");
        }
    }

    private static String judge(byte[] bytes) {
        var verifier = offline();
        var first = SignedDocumentValidator.fromDocument(new InMemoryDocument(bytes, "file.pdf"));
        first.setCertificateVerifier(verifier);
        verifier.setTrustedCertSources(certificatesOf(first));
        var validator = SignedDocumentValidator.fromDocument(new InMemoryDocument(bytes, "file.pdf"));
        validator.setCertificateVerifier(verifier);
        Reports reports = validator.validateDocument();
        SimpleReport simple = reports.getSimpleReport();
        DiagnosticData facts = reports.getDiagnosticData();
        List<String> signatures = new ArrayList<>();
        for (String id : simple.getSignatureIdList()) {
            signatures.add(describe(simple, facts, id));
        }
        List<String> stamps = new ArrayList<>();
        for (String id : simple.getTimestampIdList()) {
            stamps.add("{\"indication\":" + quote(simple.getIndication(id)) + ",\"sub\":" + quote(simple.getSubIndication(id)) + "}");
        }
        return "\"signatures\":[" + String.join(",", signatures) + "],\"timestamps\":[" + String.join(",", stamps) + "]";
    }

    private static CommonCertificateVerifier offline() {
        var verifier = new CommonCertificateVerifier(true);
        verifier.setAIASource(null);
        verifier.setOcspSource(null);
        verifier.setCrlSource(null);
        return verifier;
    }

    private static CommonTrustedCertificateSource certificatesOf(SignedDocumentValidator validator) {
        var trusted = new CommonTrustedCertificateSource();
        for (AdvancedSignature signature : validator.getSignatures()) {
            for (CertificateSource source : signature.getCompleteCertificateSource().getSources()) {
                for (CertificateToken token : source.getCertificates()) {
                    trusted.addCertificate(token);
                }
            }
            for (TimestampToken stamp : signature.getAllTimestamps()) {
                stamp.getCertificates().forEach(trusted::addCertificate);
            }
        }
        for (TimestampToken stamp : validator.getDetachedTimestamps()) {
            stamp.getCertificates().forEach(trusted::addCertificate);
        }
        return trusted;
    }

    private static String describe(SimpleReport simple, DiagnosticData facts, String id) {
        SignatureWrapper found = facts.getSignatureById(id);
        int undefined = found.getPdfUndefinedChanges().size();
        int pages = found.getPdfVisualDifferenceConcernedPages().size()
            + found.getPdfPageDifferenceConcernedPages().size()
            + found.getPdfAnnotationsOverlapConcernedPages().size();
        return "{\"indication\":" + quote(simple.getIndication(id)) + ",\"sub\":" + quote(simple.getSubIndication(id))
            + ",\"level\":" + quote(simple.getSignatureFormat(id))
            + ",\"undefined_changes\":" + undefined + ",\"pages_touched\":" + pages + "}";
    }

    private static String quote(Object value) {
        if (value == null) {
            return "null";
        }
        var text = new StringBuilder("\"");
        for (char letter : value.toString().toCharArray()) {
            if (letter == '"' || letter == '\\') {
                text.append('\\').append(letter);
            } else if (letter < ' ') {
                text.append(' ');
            } else {
                text.append(letter);
            }
        }
        return text.append('"').toString();
    }
}
