using Rouse.Config.Addresses;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>A TCP port of 127.0.0.1 that nobody listens on: the kernel picks it, and it is given back at once.</summary>
internal static class FreePort
{
    public static readonly IpAddress Loopback = IpAddress.FromV4(0x7f000001);

    public static SysResult Find(ISystem system)
    {
        SysResult opened = system.OpenListener(new ListenRequest(At(0), ListenRequest.Stream, 6, V6Only: false, NonBlocking: true));
        if (!opened.Ok)
        {
            return opened;
        }

        ushort port = system.LocalAddress(opened.Fd).Port;
        system.Close(opened.Fd);
        return SysResult.Success(port);
    }

    public static SocketAddress At(ushort port) => new(AddressFamily.IPv4, Loopback.Value, port);
}
