using Rouse.Config.Hosts;
using Rouse.Server.Hosts;

namespace Rouse.Tools;

/// <summary>The host that the tools look at.</summary>
internal static class ThisHost
{
    public static IConfigHost Open() => new SystemConfigHost();
}
