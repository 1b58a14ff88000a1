using Rouse.Config.Binding;
using Rouse.Config.Hosts;

namespace Rouse.Config;

/// <summary>Reads an xinetd configuration with all that it includes. Never throws for what stands in a file.</summary>
public static class ConfigurationLoader
{
    public static Configuration Load(string path, IConfigHost host, LoadOptions options)
    {
        HostDatabases databases = new(host);
        ConfigurationReader reader = new(host, databases) { SwitchedOn = options.SwitchedOn };
        reader.ReadMain(path);
        if (options.InetdCompat)
        {
            reader.ReadInetd(options.InetdFile);
        }

        Conclusion conclusion = new(host, reader, databases);
        return conclusion.Draw();
    }
}
