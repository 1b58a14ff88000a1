using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Tools.Service;

/// <summary>
/// The super-server's services by the file that they stand in: <c>/etc/xinetd.d/NAME</c>, which is how administrators know them; their own
/// names may be others.
/// </summary>
internal static class ServicesOfFile
{
    public static string PathOf(string name) => $"{Layout.Xinetd}/{name}";

    /// <summary>A file that a super-server reads; of others it passes over the names.</summary>
    public static bool IsThere(string name) => FileNames.IsReadBySuperServer(name) && Files.KindOf(PathOf(name)) == FileKind.Regular;

    /// <summary>Which ids or names to ask for: the file's own name where a service is called so, and every service of it otherwise.</summary>
    public static List<string> Targets(string name)
    {
        using RootedTree? tree = RootedTree.Open("/", out _);
        IEnumerable<XinetdService> services = IsThere(name) && tree is not null ? XinetdFile.Read(tree, name)?.Services ?? [] : [];
        List<XinetdService> whole = [.. services.Where(static service => !service.IsLeftOut)];
        bool isCalledSo = whole.Exists(service => service.Name == name || service.Id == name);
        List<string> ids = [.. whole.Select(static service => service.Id).Where(static id => id.Length > 0).Distinct()];
        return isCalledSo || ids.Count == 0 ? [name] : ids;
    }
}
