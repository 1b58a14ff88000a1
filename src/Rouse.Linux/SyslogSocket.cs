namespace Rouse.Linux;

/// <summary>The socket of syslog(3): a datagram socket connected to /dev/log that never blocks.</summary>
internal static class SyslogSocket
{
    public static SysResult Open(string path) => LocalSockets.Connect(path, LocalSockets.Datagram);
}
