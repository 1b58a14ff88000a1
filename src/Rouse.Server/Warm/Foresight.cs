using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>
/// What a starting server has been told of its connection before there was one, and what it has asked of it. The guess is held against the
/// connection at the hand-over; the wishes are carried out on it then.
/// </summary>
internal sealed class Foresight(SocketAddress guess)
{
    private const int O_RDWR = 2;
    private const int O_NONBLOCK = 0x800;
    private const int MostOptions = 32;

    private readonly List<WishedOption> _options = [];

    /// <summary>The local address that a connection is likely to have.</summary>
    public SocketAddress Guess { get; } = guess;

    /// <summary>The server has been told <see cref="Guess"/>, or its family.</summary>
    public bool HasToldAddress { get; set; }

    public IReadOnlyList<WishedOption> Options => _options;

    /// <summary>The status flags as fcntl(2) has them; null while the server has set none.</summary>
    public int? StatusFlags { get; private set; }

    /// <summary>What the server reads as its flags.</summary>
    public int FlagsNow => StatusFlags ?? O_RDWR;

    /// <summary>False when there are more than anybody sets.</summary>
    public bool Wish(int level, int option, byte[] value)
    {
        if (_options.Count == MostOptions)
        {
            return false;
        }

        _options.Add(new WishedOption(level, option, value));
        return true;
    }

    public void SetStatusFlags(int flags) => StatusFlags = O_RDWR | flags;

    public void SetNonBlocking(bool nonBlocking) => StatusFlags = nonBlocking ? FlagsNow | O_NONBLOCK : FlagsNow & ~O_NONBLOCK;

    /// <summary>A connection is what the server has been told. Any local address fits a server that has not asked.</summary>
    public bool Fits(in SocketAddress local) => !HasToldAddress || local == Guess;

    /// <summary>Carries the wishes out; false if the kernel refuses one.</summary>
    public bool Fulfil(ISystem system, Fd connection)
    {
        foreach (WishedOption option in _options)
        {
            if (!system.SetOption(connection, option.Level, option.Option, option.Value).Ok)
            {
                return false;
            }
        }

        return StatusFlags is not { } flags || system.SetStatusFlags(connection, flags).Ok;
    }
}

/// <summary>One setsockopt(2).</summary>
internal readonly record struct WishedOption(int Level, int Option, byte[] Value);
