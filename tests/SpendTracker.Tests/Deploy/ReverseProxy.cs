using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SpendTracker.Benchmarks;

namespace SpendTracker.Tests.Deploy;

/// <summary>nginx or Caddy with the file in deploy/proxy, on free ports, before hosts of the test's.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-proxy");
    private Process? _process;

    public Uri Address { get; } = new($"https://localhost:{Ports.Free()}");

    public static async Task<ReverseProxy> StartAsync(string program, params Uri[] hosts)
    {
        var proxy = new ReverseProxy();
        var start = new ProcessStartInfo(Checker.Find(program)) { WorkingDirectory = proxy._folder.FullName };
        if (program == "nginx")
        {
            await proxy.ConfigureNginxAsync(start, hosts);
        }
        else
        {
            await proxy.ConfigureCaddyAsync(start, hosts);
        }

        proxy._process = Process.Start(start)!;
        return proxy;
    }

    /// <summary>Trusts the certificate of this proxy and no other.</summary>
    /// <param name="cookies">Those of a browser; null keeps none.</param>
    public async Task<SocketsHttpHandler> HandlerAsync(CookieContainer? cookies)
    {
        var (own, caddys) = (Path.Combine(_folder.FullName, "certificate.pem"), Path.Combine(_folder.FullName, "caddy/pki/authorities/local/root.crt"));
        await Eventually.Async(() => IsWhole(own) || IsWhole(caddys)); // Caddy makes its own when it starts.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(File.Exists(own) ? own : caddys));
        return new()
        {
            AllowAutoRedirect = false,
            UseCookies = cookies is not null,
            CookieContainer = cookies ?? new(),
            SslOptions = { CertificateChainPolicy = policy },
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]); // nginx' workers end with it.
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Whether a certificate is there, and not just being written.</summary>
    private static bool IsWhole(string path) => File.Exists(path) && File.ReadAllText(path).Contains("-----END CERTIFICATE-----", StringComparison.Ordinal);

    private async Task ConfigureNginxAsync(ProcessStartInfo start, Uri[] hosts)
    {
        await WriteCertificateAsync();
        var file = await WriteAsync("proxy/nginx.conf", [
            ("http {", "pid nginx.pid;\nhttp {\naccess_log off;\n" + string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {kind};\n"))),
            ("listen 80;", $"listen 127.0.0.1:{Ports.Free()};"),
            ("listen 443 ", $"listen 127.0.0.1:{Address.Port} "),
            ("server_name spend.example.com", "server_name localhost"),
            ("/etc/ssl/certs/spendtracker.pem", Path.Combine(_folder.FullName, "certificate.pem")),
            ("/etc/ssl/private/spendtracker.key", Path.Combine(_folder.FullName, "key.pem")),
            ("127.0.0.1:5080", hosts[0].Authority),
            ("127.0.0.1:5081", hosts[1].Authority)]);
        string[] options = ["-p", _folder.FullName, "-e", "stderr", "-c", file];
        await Checker.RunAsync("nginx", [.. options, "-t", "-q"]);
        foreach (var option in (string[])[.. options, "-g", "daemon off;"])
        {
            start.ArgumentList.Add(option);
        }
    }

    private async Task ConfigureCaddyAsync(ProcessStartInfo start, Uri[] hosts)
    {
        start.Environment["SITE"] = Address.GetLeftPart(UriPartial.Authority);
        start.Environment["HOSTS"] = string.Join(' ', hosts.Select(host => host.Authority));
        start.Environment["XDG_DATA_HOME"] = start.Environment["XDG_CONFIG_HOME"] = start.Environment["HOME"] = _folder.FullName;
        var file = await WriteAsync("proxy/Caddyfile", [("admin off", "admin off\n\tauto_https disable_redirects\n\tlog {\n\t\tlevel ERROR\n\t}")]); // Port 80 is somebody else's.
        await Checker.RunAsync("caddy", "validate", "--adapter", "caddyfile", "--config", Checker.File("proxy/Caddyfile"));
        foreach (var option in (string[])["run", "--adapter", "caddyfile", "--config", file])
        {
            start.ArgumentList.Add(option);
        }
    }

    /// <summary>The file with what this machine needs otherwise; each of it must be found.</summary>
    private async Task<string> WriteAsync(string name, (string From, string To)[] changes)
    {
        var text = await File.ReadAllTextAsync(Checker.File(name), TestContext.Current.CancellationToken);
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        var path = Path.Combine(_folder.FullName, Path.GetFileName(name));
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private async Task WriteCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "certificate.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "key.pem"), key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
    }
}
