using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace ConvoxSsl.Architecture.Tests;

/// <summary>Finds the metadata tokens in IL (ECMA-335, partition III, section 1.2).</summary>
internal static class InstructionTokens
{
    private const byte TwoByteOpCode = 0xfe;

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    /// <summary>Returns the handles of the types, methods and fields that a method's code names.</summary>
    public static IEnumerable<EntityHandle> ReadEntities(BlobReader code) =>
        Read(code).Where(token => token.Operand != OperandType.InlineString).Select(token => MetadataTokens.EntityHandle(token.Value));

    /// <summary>Returns the handles of the strings that a method's code loads.</summary>
    public static IEnumerable<UserStringHandle> ReadStrings(BlobReader code) =>
        Read(code)
            .Where(token => token.Operand == OperandType.InlineString)
            .Select(token => (UserStringHandle)MetadataTokens.Handle(token.Value));

    private static List<(OperandType Operand, int Value)> Read(BlobReader code)
    {
        var tokens = new List<(OperandType, int)>();
        while (code.RemainingBytes > 0)
        {
            int opCode = code.ReadByte();
            opCode = opCode == TwoByteOpCode ? (opCode << 8) | code.ReadByte() : opCode;
            var operand = Operands[opCode];
            switch (operand)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
                    or OperandType.InlineString:
                    tokens.Add((operand, code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += OperandSize(operand);
                    break;
            }
        }

        return tokens;
    }

    private static int OperandSize(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
