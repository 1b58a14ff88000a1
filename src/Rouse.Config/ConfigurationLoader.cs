using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config;

/// <summary>Reads an xinetd configuration with all that it includes. Never throws for what stands in a file.</summary>
public static class ConfigurationLoader
{
    public static Configuration Load(string path, IConfigHost host, LoadOptions options)
    {
        HostDatabases databases = new(host);
        ConfigurationReader reader = new(host, databases);
        reader.ReadMain(path);
        if (options.InetdCompat)
        {
            reader.Findings.Add(
                Codes.InetdCompatNotYet,
                Severity.Warning,
                SourceSpan.None,
                "/etc/inetd.conf is not read by this version yet; its services are not served. Write them as entries of xinetd.conf.");
        }

        Conclusion conclusion = new(host, reader, databases, new TcpWrappers(host));
        return conclusion.Draw();
    }
}
