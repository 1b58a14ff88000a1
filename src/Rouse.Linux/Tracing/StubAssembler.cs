using System;
using System.Collections.Generic;

namespace Rouse.Linux.Tracing;

/// <summary>The registers of x86-64 with the numbers that instructions hold.</summary>
internal enum Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rbp = 5,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
}

/// <summary>
/// Puts together the few x86-64 instructions of which <see cref="ParkingStub"/> and <see cref="Starting.StartCode"/> consist: one method an
/// instruction, named after its mnemonic and what it works on. "Data" is a place in the page that follows the code's, given by its offset there and reached relative
/// to the instruction pointer, so that the code runs wherever it is put.
/// </summary>
internal sealed partial class StubAssembler(int dataDistance)
{
    private const int DisplacementSize = 4;

    private readonly List<byte> _code = [];
    private readonly List<(int At, string Label)> _jumps = [];
    private readonly Dictionary<string, int> _labels = [];

    /// <summary>Gives this place a name that jumps may lead to.</summary>
    public void Label(string name) => _labels.Add(name, _code.Count);

    public void StoreData(int offset, Register from)
    {
        Wide(from);
        Emit(0x89);
        DataOperand((int)from, offset, after: 0);
    }

    public void StoreData32(int offset, Register from)
    {
        Emit(0x89);
        DataOperand((int)from, offset, after: 0);
    }

    public void SetData(int offset, int value)
    {
        Emit(0x48, 0xc7);
        DataOperand(0, offset, after: sizeof(int));
        Number(value);
    }

    public void LoadData(Register to, int offset)
    {
        Wide(to);
        Emit(0x8b);
        DataOperand((int)to, offset, after: 0);
    }

    /// <summary>The upper half of the register becomes 0.</summary>
    public void LoadData32(Register to, int offset)
    {
        if (to >= Register.R8)
        {
            Emit(0x44);
        }

        Emit(0x8b);
        DataOperand((int)to, offset, after: 0);
    }

    public void LoadDataAddress(Register to, int offset)
    {
        Wide(to);
        Emit(0x8d);
        DataOperand((int)to, offset, after: 0);
    }

    public void Set(Register to, int value)
    {
        if (to >= Register.R8)
        {
            Emit(0x41);
        }

        Emit((byte)(0xb8 + ((int)to & 7)));
        Number(value);
    }

    /// <summary>xor of a register with itself.</summary>
    public void Clear(Register register)
    {
        if (register >= Register.R8)
        {
            Emit(0x45);
        }

        Emit(0x31, (byte)(0xc0 | (((int)register & 7) << 3) | ((int)register & 7)));
    }

    public void CompareRax(sbyte value) => Emit(0x48, 0x83, 0xf8, (byte)value);

    public void CompareData(int offset, sbyte value)
    {
        Emit(0x48, 0x83);
        DataOperand(7, offset, after: 1);
        Emit((byte)value);
    }

    /// <summary>Zero is set where the byte has none of these bits.</summary>
    public void TestDataByte(int offset, byte bits)
    {
        Emit(0xf6);
        DataOperand(0, offset, after: 1);
        Emit(bits);
    }

    public void TestRax() => Emit(0x48, 0x85, 0xc0);

    public void TestRdi() => Emit(0x48, 0x85, 0xff);

    public void TestR10() => Emit(0x4d, 0x85, 0xd2);

    public void DecrementR10() => Emit(0x49, 0xff, 0xca);

    public void LoadEsiFromR8() => Emit(0x41, 0x8b, 0x30);

    public void AddToR8(sbyte value) => Emit(0x49, 0x83, 0xc0, (byte)value);

    /// <summary>The carry flag is the bit that was there.</summary>
    public void ResetTopBitOfEsi() => Emit(0x0f, 0xba, 0xf6, 31);

    public void ResetTopBitOfEdi() => Emit(0x0f, 0xba, 0xf7, 31);

    public void Syscall(Syscall number)
    {
        Set(Register.Rax, (int)number);
        Syscall();
    }

    /// <summary>The one whose number is in rax.</summary>
    public void Syscall() => Emit(0x0f, 0x05);

    public void Jump(string label) => JumpBy([0xe9], label);

    public void JumpIfEqual(string label) => JumpBy([0x0f, 0x84], label);

    public void JumpIfZero(string label) => JumpIfEqual(label);

    public void JumpIfNotPositive(string label) => JumpBy([0x0f, 0x8e], label);

    public void JumpIfBelow(string label) => JumpBy([0x0f, 0x82], label);

    public void JumpIfNotBelow(string label) => JumpIfNoCarry(label);

    public void JumpIfNoCarry(string label) => JumpBy([0x0f, 0x83], label);

    /// <summary>To the address that stands in the data.</summary>
    public void JumpToData(int offset)
    {
        Emit(0xff);
        DataOperand(4, offset, after: 0);
    }

    /// <summary>The code, with every jump led to its label.</summary>
    public byte[] Assemble()
    {
        byte[] code = [.. _code];
        foreach ((int at, string label) in _jumps)
        {
            BitConverter.TryWriteBytes(code.AsSpan(at), _labels[label] - (at + DisplacementSize));
        }

        return code;
    }

    // REX.W, and REX.R for a register from r8 on.
    private void Wide(Register register) => Emit((byte)(register >= Register.R8 ? 0x4c : 0x48));

    // ModRM with mod 00 and r/m 101: the displacement counts from the end of the instruction, which has so many bytes after it.
    private void DataOperand(int register, int offset, int after)
    {
        Emit((byte)(0x05 | ((register & 7) << 3)));
        Number(dataDistance + offset - (_code.Count + DisplacementSize + after));
    }

    private void JumpBy(ReadOnlySpan<byte> operation, string label)
    {
        foreach (byte one in operation)
        {
            Emit(one);
        }

        _jumps.Add((_code.Count, label));
        Number(0);
    }

    private void Number(int value)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            Emit((byte)(value >> shift));
        }
    }

    private void Emit(params ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            _code.Add(one);
        }
    }
}
