; The answers of CPUID, each leaf with its subleaves, as lines of six doublewords.
bits 16
org 0
start:
        cli
        mov ax, cs
        mov ds, ax
        xor ax, ax
        mov ss, ax
        mov sp, 0x8000
        mov esi, leaves
next:   mov eax, [esi]
        mov ecx, [esi+4]
        cmp eax, 0xeeeeeeee
        je done
        push esi
        cpuid
        pop esi
        push edx
        push ecx
        push ebx
        push eax
        mov eax, [esi]
        call put
        mov eax, [esi+4]
        call put
        mov cx, 4
.regs:  pop eax
        call put
        loop .regs
        add esi, 8
        jmp next
done:   mov al, 0x10
        out 0xf4, al
        hlt
put:    push cx
        mov cx, 4
.byte:  out 0xe9, al
        shr eax, 8
        loop .byte
        pop cx
        ret
align 4
leaves:
%assign n 0
%rep 32
        dd n, 0
%assign n n+1
%endrep
%assign n 1
%rep 5
        dd 4, n
%assign n n+1
%endrep
        dd 7,1, 11,1, 11,2, 11,5, 13,1, 13,2
        dd 0x40000000,0, 0x40000001,0, 0x40000002,0, 0x40000100,0
%assign n 0x80000000
%rep 34
        dd n, 0
%assign n n+1
%endrep
        dd 0x8000001d,1, 0x8000001d,2, 0x8000001d,3, 0x8000001d,4
        dd 0xc0000000,0, 0xffffffff,0
        dd 0xeeeeeeee, 0
        times 0xfff0-($-$$) db 0x90
        jmp 0xf000:0
        times 0x10000-($-$$) db 0
