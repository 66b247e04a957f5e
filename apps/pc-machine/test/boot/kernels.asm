; Kernels that print what they were handed on the debug console. KIND: 0 Linux, 1 and 2 Multiboot, 3 PVH.
; Each ends with "NAME: COMMAND LINE|MODULE|RANGES" where RANGES is a letter, A for none.
CONSOLE equ 0x402
%define MIB 0x100000

%if KIND = 0
bits 16
org 0
        times 0x1f1 db 0
        db 1                            ; sectors of setup code
        times 0x1fe - ($ - $$) db 0
        dw 0xaa55
        jmp short setup
        db "HdrS"
        dw 0x20c
        times 0x211 - ($ - $$) db 0
        db 1                            ; loaded high
        times 0x22c - ($ - $$) db 0
        dd 0x7fffffff
        times 0x236 - ($ - $$) db 0
        dw 0
        dd 255
        times 0x250 - ($ - $$) db 0
setup:
        cli
        mov ebx, [0x228]
        mov esi, [0x218]
        mov edi, [0x21c]
        xor ebp, ebp
        push word 0
        push dword 0                    ; the stack is in use
        mov ax, ds
        movzx eax, ax
        shl eax, 4
        lea ecx, [eax + gdt]
        mov [gdtr + 2], ecx
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 8:MIB
align 8
gdt:    dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:   dw 23
        dd 0
        times 1024 - ($ - $$) db 0
bits 32
payload:
        mov ax, 16
        mov ds, ax
        mov ecx, edi                    ; length of the module, at ESI
        mov edi, esi
        mov esi, ebx
        mov eax, "linu"
        jmp print
%else
bits 32
%if KIND = 3
org MIB - 0x1000
%else
org MIB
%endif
%if KIND = 1
header:
        dd 0x1badb002, 0x10003, -(0x1badb002 + 0x10003)
        dd header, MIB, 0, end + 4096, start
start:
        cmp eax, 0x2badb002
        jne stop
        mov esi, [ebx + 16]
        mov edx, [ebx + 24]
        mov edi, [edx]
        mov ecx, [edx + 4]
        sub ecx, edi
        mov eax, [ebx + 44]
        mov ebp, 24
        xor edx, edx
        div ebp
        mov ebp, eax
        mov eax, "mbi1"
        jmp print
%elif KIND = 2
header:
        dd 0xe85250d6, 0, header_end - header, -(0xe85250d6 + header_end - header)
        dw 2, 0
        dd 24, header, MIB, 0, end + 4096
        dw 3, 0
        dd 12, start, 0
        dw 0, 0
        dd 8
header_end:
start:
        cmp eax, 0x36d76289
        jne stop
        lea edx, [ebx + 8]
        add ebx, [ebx]                  ; the end
.tag:
        mov eax, [edx]
        test eax, eax
        jz .last
        cmp al, 1
        jne .no_line
        lea esi, [edx + 8]
.no_line:
        cmp al, 3
        jne .no_module
        mov edi, [edx + 8]
        mov ecx, [edx + 12]
        sub ecx, edi
.no_module:
        cmp al, 6
        jne .next
        mov ebp, [edx + 4]
        sub ebp, 16
.next:
        mov eax, [edx + 4]
        add eax, 7
        and eax, -8
        add edx, eax
        jmp .tag
.last:
        add edx, 8
        cmp edx, ebx
        jne stop
        mov eax, ebp
        xor edx, edx
        mov ebp, 24
        div ebp
        mov ebp, eax
        mov eax, "mbi2"
        jmp print
%else
        db 0x7f, "ELF", 1, 1, 1
        times 16 - ($ - $$) db 0
        dw 2, 3
        dd 1, start, 52, 0, 0
        dw 52, 32, 2, 0, 0, 0
        dd 1, 0x1000, 0xc0100000, MIB, end - start, end - start + 4096, 7, 0x1000
        dd 4, note - $$, 0, 0, note_end - note, note_end - note, 4, 4
note:   dd 4, 4, 18
        db "Xen", 0
        dd start
note_end:
        times 0x1000 - ($ - $$) db 0
start:
        cmp dword [ebx], 0x336ec578
        jne stop
        mov esi, [ebx + 24]
        mov edx, [ebx + 16]
        mov edi, [edx]
        mov ecx, [edx + 8]
        mov ebp, [ebx + 48]
        mov eax, "pvh "
%endif
%endif
print:
        mov dx, CONSOLE
        out dx, al
        shr eax, 8
        jnz print
        mov al, ':'
        out dx, al
        mov al, ' '
        out dx, al
.line:
        mov al, [esi]
        inc esi
        test al, al
        jz .module
        out dx, al
        jmp .line
.module:
        mov al, '|'
        out dx, al
.byte:
        mov al, [edi]
        inc edi
        out dx, al
        loop .byte
        mov al, '|'
        out dx, al
        lea eax, [ebp + 'A']
        out dx, al
        mov al, 10
        out dx, al
stop:   cli
        hlt
        jmp stop
end:
