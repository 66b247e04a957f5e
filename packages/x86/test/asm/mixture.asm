; Random sequences of instructions, flags included: what one leaves in the flags the next may read, keep or
; overwrite in part. Generated while assembling, from a fixed seed.
%include "lib.inc"

%ifndef SEED
  %define SEED 20231
%endif
%assign seed SEED + MODE
%macro DRAW 1                   ; draw = 0 .. %1 - 1
  %assign seed (seed * 1103515245 + 12345) & 0x7fffffff
  %assign draw (seed >> 8) % (%1)
%endmacro

%define r32_0 eax
%define r32_1 ecx
%define r32_2 edx
%define r32_3 ebx
%define r32_4 esi
%define r32_5 ebp
%define r16_0 ax
%define r16_1 cx
%define r16_2 dx
%define r16_3 bx
%define r16_4 si
%define r16_5 bp
%define r8_0 al
%define r8_1 cl
%define r8_2 dl
%define r8_3 bl
%define r8_4 ah
%define r8_5 dh

%macro REGISTERS 0
        DRAW 3
  %if draw == 0
    %define kind r32_
  %elif draw == 1
    %define kind r16_
  %else
    %define kind r8_
  %endif
        DRAW 6
  %assign first draw
        DRAW 6
  %assign second draw
  %xdefine X %[kind]%[first]
  %xdefine Y %[kind]%[second]
  %xdefine D r32_%[first]
  %xdefine E r32_%[second]
%endmacro

; the instructions to draw from
%macro ANY_0 0
        add X, Y
%endmacro
%macro ANY_1 0
        adc X, Y
%endmacro
%macro ANY_2 0
        sub X, Y
%endmacro
%macro ANY_3 0
        sbb X, Y
%endmacro
%macro ANY_4 0
        cmp X, Y
%endmacro
%macro ANY_5 0
        and X, Y
%endmacro
%macro ANY_6 0
        or X, Y
%endmacro
%macro ANY_7 0
        xor X, Y
%endmacro
%macro ANY_8 0
        test X, Y
%endmacro
%macro ANY_9 0
        inc X
%endmacro
%macro ANY_10 0
        dec X
%endmacro
%macro ANY_11 0
        neg X
%endmacro
%macro ANY_12 0
        not X
%endmacro
%macro ANY_13 0
        shl X, cl
%endmacro
%macro ANY_14 0
        shr X, cl
%endmacro
%macro ANY_15 0
        sar X, cl
%endmacro
%macro ANY_16 0
        rol X, cl
%endmacro
%macro ANY_17 0
        ror X, cl
%endmacro
%macro ANY_18 0
        rcl X, cl
%endmacro
%macro ANY_19 0
        rcr X, cl
%endmacro
%macro ANY_20 0
        shl X, 1
%endmacro
%macro ANY_21 0
        rcr X, 1
%endmacro
%macro ANY_22 0
        rcl X, 1
%endmacro
%macro ANY_23 0
        sar X, 3
%endmacro
%macro ANY_24 0
        shld D, E, 7
%endmacro
%macro ANY_25 0
        shrd D, E, cl
%endmacro
%macro ANY_26 0
        imul D, E
%endmacro
%macro ANY_27 0
        mul X
%endmacro
%macro ANY_28 0
        imul X
%endmacro
%macro ANY_29 0
        bt D, E                 ; what it leaves of OF SF AF PF is undefined, and in QEMU depends
        setc dl                 ; on the instruction before: only CF is looked at
        cmp D, E
%endmacro
%macro ANY_30 0
        bts D, E
        setc dh
        cmp D, E
%endmacro
%macro ANY_31 0
        btc D, 5
        setnc al
        cmp D, E
%endmacro
%macro ANY_32 0
        bsf D, E
%endmacro
%macro ANY_33 0
        bsr D, E
%endmacro
%macro ANY_34 0
        xadd X, Y
%endmacro
%macro ANY_35 0
        cmpxchg X, Y
%endmacro
%macro ANY_36 0
        xchg X, Y
%endmacro
%macro ANY_37 0
        cmc
%endmacro
%macro ANY_38 0
        stc
%endmacro
%macro ANY_39 0
        clc
%endmacro
%macro ANY_40 0
        lahf
%endmacro
%macro ANY_41 0
        sahf
%endmacro
%macro ANY_42 0
        daa
%endmacro
%macro ANY_43 0
        aas
%endmacro
%macro ANY_44 0
        pushfd
        pop D
%endmacro
%macro ANY_45 0
        setbe dl
%endmacro
%macro ANY_46 0
        setl bl
%endmacro
%macro ANY_47 0
        sets ah
%endmacro
%macro ANY_48 0
        cmovg D, E
%endmacro
%macro ANY_49 0
        cmovp D, E
%endmacro
%macro ANY_50 0
        adc X, 0
%endmacro
%macro ANY_51 0
        sbb X, 0
%endmacro
%macro ANY_52 0
        jo short $+3
        nop
%endmacro
%macro ANY_53 0
        jbe short $+4
        inc ecx
        nop
%endmacro
%macro ANY_54 0
        add [BUF], X
        adc [BUF+4], Y
%endmacro
%macro ANY_55 0
        sbb X, [BUF+2]
%endmacro
%macro ANY 0
        REGISTERS
        DRAW 56
        ANY_%[draw]
%endmacro

set_mem:
        mov dword [BUF], 0x7fffffff
        mov dword [BUF+4], 0x80010080
        ret

VALUES a_vals, 0x80000000, 0x1234ff7f
VALUES b_vals, 0x00000001, 0xfedc8020
VALUES c_vals, 0xffffffff, 0x00ff00a5

main:
        BEFORE set_mem
        A_VALUES a_vals
        B_VALUES b_vals
        C_VALUES c_vals
        FLAGS_IN two_flags
        SHOW I_EAX|I_ECX|I_EDX|I_FL|S_EAX|S_ECX|S_EDX|S_EBX|S_ESI|S_EBP|S_FL
        SHOW_MEM BUF, 8
%assign round 0
%rep 600
  %defstr text sequence round
        BEGIN text
  %rep 10
        ANY
  %endrep
        END
  %assign round round+1
%endrep
        FINISH
