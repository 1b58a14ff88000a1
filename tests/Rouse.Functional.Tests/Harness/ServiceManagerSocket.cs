using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Harness;

/// <summary>What a service manager listens at, and what it was told there: sd_notify(3).</summary>
internal sealed class ServiceManagerSocket : IDisposable
{
    private readonly List<string> _told = [];
    private readonly Lock _gate = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="address">A path, or an abstract name with '@' in front.</param>
    /// <param name="reads">False: what is sent stays in the queue until <see cref="Read"/>.</param>
    public ServiceManagerSocket(string address, bool reads = true)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        if (reads)
        {
            Read();
        }
    }

    public string Address { get; }

    /// <summary>Before the daemon on its command line: as a manager starts it, with a watchdog for this very process.</summary>
    public IReadOnlyList<string> Wrapper => WrapperFor(Address);

    /// <summary>The messages in their order, assignments divided by a blank.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    /// <param name="watchdogUs">WATCHDOG_USEC; empty for none.</param>
    public static IReadOnlyList<string> WrapperFor(string address, string watchdogUs = "") =>
    [
        "sh", "-c",
        $"export NOTIFY_SOCKET='{address}' LISTEN_PID=$$ LISTEN_FDS=0 LISTEN_FDNAMES= WATCHDOG_PID=$$ WATCHDOG_USEC={watchdogUs}; exec \"$@\"", "sh",
    ];

    public void WaitFor(Func<string, bool> isMeant, string what, int count = 1) => Wait.Until(
        () => Told.Count(isMeant) >= count, () => $"{what}, {count} time(s); the manager was told:\n{string.Join('\n', Told)}");

    public void Read() => new Thread(Take) { IsBackground = true }.Start();

    public void Dispose() => _socket.Dispose();

    private void Take()
    {
        byte[] buffer = new byte[1 << 12];
        try
        {
            while (true)
            {
                int count = _socket.Receive(buffer);
                lock (_gate)
                {
                    _told.Add(Encoding.UTF8.GetString(buffer, 0, count).Replace('\n', ' '));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed with the test.
        }
    }
}
