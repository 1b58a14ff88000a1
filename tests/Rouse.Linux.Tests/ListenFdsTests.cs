using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using NetFamily = System.Net.Sockets.AddressFamily;

namespace Rouse.Linux.Tests;

/// <summary>sd_listen_fds(3): which descriptors a server is given, and which process it is told to be.</summary>
[Collection(Spawning.OneAtATime)]
public sealed class ListenFdsTests
{
    [Fact]
    public void Listening_sockets_come_in_their_order_from_descriptor_3_up_and_nothing_else_does()
    {
        LinuxSystem system = new();
        string folder = Directory.CreateTempSubdirectory("rouse-listen-").FullName;
        Socket[] sockets = [.. Enumerable.Range(0, 4).Select(_ => new Socket(NetFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        try
        {
            // Descriptors of ours may have the very numbers that the server's are to get: in any order, each ends in its place.
            foreach (int[] order in (int[][])[[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2]])
            {
                string file = Path.Combine(folder, string.Concat(order));
                ServerSpec spec = new()
                {
                    Path = "/bin/sh",
                    Arguments = ["sh", "-c", $"echo $LISTEN_PID $$ >{file}; for fd in /proc/$$/fd/*; do echo ${{fd##*/}} $(readlink $fd) >>{file}; done"],
                    Environment = ["PATH=/usr/bin:/bin"],
                    ListenerCount = order.Length,
                };
                using ServerImage image = new(spec);
                for (int again = 0; again < 2; again++)
                {
                    image.SetListeners([.. order.Select(i => new Fd((int)sockets[i].Handle))]);
                    SysResult started = system.Spawn(image, new Fd((int)sockets[order[0]].Handle), default);
                    Assert.True(started.Ok);
                    Assert.True(ChildWait.For(started.Value, out _).Ok);
                    string[] lines = File.ReadAllLines(file);
                    Assert.Equal($"{started.Value} {started.Value}", lines[0]);
                    string[] expected = [.. order.Select((socket, i) => $"{3 + i} {TargetOf(sockets[socket])}")];
                    Assert.Equal(expected, lines[1..].Where(line => line.Contains(" socket:", StringComparison.Ordinal)).Skip(3));
                    Assert.Equal($"0 {TargetOf(sockets[order[0]])}", lines[1]);
                }
            }
        }
        finally
        {
            Array.ForEach(sockets, socket => socket.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string TargetOf(Socket socket) => new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!;
}
