namespace Rouse.Linux;

/// <summary>The socket of syslog(3): connected to /dev/log, for datagrams or, where a log daemon has made it so, a stream. Never blocks.</summary>
internal static class SyslogSocket
{
    public static SysResult Open(string path, out bool isStream)
    {
        SysResult opened = LocalSockets.Connect(path, LocalSockets.Datagram);
        isStream = opened.Error == Errno.EPROTOTYPE;
        return isStream ? LocalSockets.Connect(path, LocalSockets.Stream) : opened;
    }
}
