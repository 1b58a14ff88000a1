using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Doctor;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Doctor;

/// <summary>What the doctor asks of a host, in memory. Unless a test says otherwise all is as it should be.</summary>
internal sealed class MemoryDoctor : IDoctorHost
{
    public Dictionary<string, PathStatus> Paths { get; } = new()
    {
        ["/"] = Directory(0x1ed),
        ["/usr"] = Directory(0x1ed),
        ["/usr/sbin"] = Directory(0x1ed),
        ["/usr/sbin/in.server"] = new(PathKind.Regular, 0x1ed, 0, 0),
        ["/usr/sbin/tcpd"] = new(PathKind.Regular, 0x1ed, 0, 0),
        ["/var/log"] = Directory(0x1ed),
        ["/tmp"] = Directory(0x3ff),
        ["/home/me"] = Directory(0x1ed, uid: 1000),
    };

    public Dictionary<string, string> Links { get; } = [];

    public Dictionary<string, string> Beginnings { get; } = new() { ["/usr/sbin/in.server"] = "\x7f" + "ELF\x02\x01\x01" };

    public HashSet<IpAddress> Addresses { get; } = [IpAddress.FromV4(0x7f000001), IpAddress.FromV4(0xc0000201), IpAddress.FromV4(0), new(0), new(1)];

    public int Processors { get; set; } = 4;

    public static PathStatus Directory(uint mode, uint uid = 0, uint gid = 0) => new(PathKind.Directory, mode, uid, gid);

    public PathStatus? Status(string path) => Paths.TryGetValue(path, out PathStatus status) ? status : null;

    public string RealPath(string path) => Links.GetValueOrDefault(path, path);

    public byte[] Beginning(string path, int most)
    {
        byte[] bytes = SourceFile.Encode(Beginnings.GetValueOrDefault(path, ""));
        return bytes[..Math.Min(most, bytes.Length)];
    }

    public bool HasAddress(IpAddress address, uint scope) => Addresses.Contains(address);
}
