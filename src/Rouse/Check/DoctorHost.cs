using System;
using Rouse.Config.Addresses;
using Rouse.Config.Doctor;
using Rouse.Config.Hosts;
using Rouse.Linux;

namespace Rouse.Tools.Check;

/// <summary>This machine, as the doctor asks for it.</summary>
internal sealed class DoctorHost : IDoctorHost
{
    public int Processors => Environment.ProcessorCount;

    public PathStatus? Status(string path) => Files.TryStatus(path, out FileStatus status)
        ? new PathStatus(
            status.Kind switch
            {
                FileKind.Regular => PathKind.Regular,
                FileKind.Directory => PathKind.Directory,
                _ => PathKind.Other,
            },
            status.Mode,
            status.Uid,
            status.Gid)
        : null;

    public string RealPath(string path)
    {
        Files.RealPath(path, out string real);
        return real;
    }

    public byte[] Beginning(string path, int most)
    {
        byte[] buffer = new byte[most];
        SysResult read = Files.ReadStart(path, buffer);
        return read.Ok ? buffer[..read.Value] : [];
    }

    public bool HasAddress(IpAddress address, uint scope) => LocalAddresses.Has(address.Value, scope);
}
