using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Launch;

/// <summary>The flags NODELAY and KEEPALIVE of xinetd.conf(5).</summary>
internal static class SocketFlags
{
    public static void Apply(ISystem system, Fd connection, ServiceFlags flags)
    {
        if ((flags & ServiceFlags.NoDelay) != ServiceFlags.None)
        {
            system.SetNoDelay(connection);
        }

        if ((flags & ServiceFlags.KeepAlive) != ServiceFlags.None)
        {
            system.SetKeepAlive(connection);
        }
    }
}
