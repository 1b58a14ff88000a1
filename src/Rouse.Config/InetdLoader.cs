using System.Collections.Generic;
using Rouse.Config.Binding;
using Rouse.Config.Hosts;
using Rouse.Config.Inetd;

namespace Rouse.Config;

/// <summary>Reads inetd's own configuration: files of its grammar and nothing else. Never throws for what stands in a file.</summary>
public static class InetdLoader
{
    /// <param name="paths">Files, or directories of files; the first must be there.</param>
    /// <param name="switchedOn">A service that is read as if it were on: <see cref="LoadOptions.SwitchedOn"/>.</param>
    public static Configuration Load(IReadOnlyList<string> paths, IConfigHost host, InetdOptions options, string switchedOn = "")
    {
        HostDatabases databases = new(host);
        ConfigurationReader reader = new(host, databases) { SwitchedOn = switchedOn };
        reader.ReadInetd(paths, options);
        return new Conclusion(host, reader, databases).Draw();
    }
}
